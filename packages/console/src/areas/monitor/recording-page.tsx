import { Alert, Button, Group, Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useApi, useChange } from "../../api/hooks.ts";
import type { Recording } from "../../api/twilio/monitor.ts";
import { useAccount } from "../../app/session.tsx";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { CopyText } from "../../ui/copy-text.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Fact, Facts, Section } from "../../ui/section.tsx";
import { useGo } from "../../ui/text-link.tsx";
import { RecordingPlayer } from "./recording-player.tsx";
import { RecordingStatus } from "./recording-status.tsx";
import { ResourceLink } from "./resource-link.tsx";

const texts = defineTexts({
  en: {
    above: "Recordings",
    title: "Recording",
    listen: "Listen",
    facts: "About this recording",
    status: "Status",
    start: "Started",
    duration: "Duration",
    channels: "Channels",
    mono: "1: both sides together",
    dual: "2: your side and the other side apart",
    call: "Call",
    sum: "SHA-256 of the file",
    size: "Size",
    bytes: (bytes: string) => `${bytes} bytes`,
    damaged: "Stretches of this recording are missing",
    interrupted: "This recording was interrupted",
    encrypted: "This recording is encrypted to your public key. Download it as WAV and open it with your private key.",
    waiting: "There is nothing to hear yet: this recording is not completed.",
    wav: "Download WAV",
    mp3: "Download MP3",
    remove: "Delete",
    question: "Delete this recording?",
    consequence: "Its sound is deleted from the storage and cannot be brought back.",
  },
  ja: {
    above: "録音",
    title: "録音",
    listen: "再生",
    facts: "録音の詳細",
    status: "状態",
    start: "開始日時",
    duration: "長さ",
    channels: "チャネル数",
    mono: "1(両者の音声をまとめて録音)",
    dual: "2(お客様側と相手側を別々に録音)",
    call: "通話",
    sum: "ファイルのSHA-256",
    size: "サイズ",
    bytes: (bytes: string) => `${bytes} バイト`,
    damaged: "この録音には欠落している区間があります",
    interrupted: "この録音は途中で中断されました",
    encrypted: "この録音はお客様の公開鍵で暗号化されています。WAVをダウンロードし、秘密鍵で復号してください。",
    waiting: "この録音は完了していないため、まだ再生できません。",
    wav: "WAVをダウンロード",
    mp3: "MP3をダウンロード",
    remove: "削除",
    question: "この録音を削除しますか?",
    consequence: "音声はストレージから削除され、元に戻すことはできません。",
  },
});

export default function RecordingPage() {
  const t = useTexts(texts);
  const account = useAccount();
  const { recordingSid: sid = "" } = useParams({ strict: false }) as { readonly recordingSid?: string };
  const { data: recording, error } = useApi("GET /2010-04-01/Accounts/{account}/Recordings/{sid}.json", {
    path: { account, sid },
  });
  const gone = recording && ["completed", "absent"].includes(recording.status);
  return (
    <Page
      title={t.title}
      above={[{ to: "/recordings", label: t.above }]}
      actions={gone && <DeleteRecording account={account} sid={sid} />}
    >
      <Failure error={error} />
      {recording ? (
        <>
          <Listen account={account} recording={recording} />
          <RecordingFacts recording={recording} />
        </>
      ) : (
        !error && <Skeleton height={240} />
      )}
    </Page>
  );
}

type Heard = { readonly account: string; readonly recording: Recording };

function Listen({ account, recording }: Heard) {
  const t = useTexts(texts);
  const { data: whole } = useApi("GET /trunkline/v1/Recordings/{sid}", { path: { sid: recording.sid } });
  const media = `/2010-04-01/Accounts/${account}/Recordings/${recording.sid}`;
  const isEncrypted = recording.encryption_details !== null;
  const isThere = recording.status === "completed";
  return (
    <Section title={t.listen}>
      {whole?.damaged && <Alert color="orange" title={t.damaged} />}
      {whole?.interrupted && <Alert color="orange" title={t.interrupted} />}
      {whole?.reason && <Alert color="orange">{whole.reason}</Alert>}
      {isThere && isEncrypted && <Alert color="blue">{t.encrypted}</Alert>}
      {!isThere && recording.status !== "absent" && <Alert color="blue">{t.waiting}</Alert>}
      {isThere && !isEncrypted && whole && (
        <RecordingPlayer path={`${media}.wav`} bytes={whole.bytes ?? 0} channels={recording.channels} />
      )}
      {isThere && (
        <Group gap="sm">
          <Button component="a" variant="default" href={`${media}.wav`} download={`${recording.sid}.wav`}>
            {t.wav}
          </Button>
          {!isEncrypted && (
            <Button component="a" variant="default" href={`${media}.mp3`} download={`${recording.sid}.mp3`}>
              {t.mp3}
            </Button>
          )}
        </Group>
      )}
    </Section>
  );
}

function RecordingFacts({ recording }: { readonly recording: Recording }) {
  const t = useTexts(texts);
  const { dateTime, duration, number } = useFormats();
  const { data: whole } = useApi("GET /trunkline/v1/Recordings/{sid}", { path: { sid: recording.sid } });
  return (
    <Section title={t.facts}>
      <Facts>
        <Fact name="SID">
          <CopyText value={recording.sid} />
        </Fact>
        <Fact name={t.status}>
          <RecordingStatus status={recording.status} />
        </Fact>
        <Fact name={t.start}>{dateTime(recording.start_time)}</Fact>
        <Fact name={t.duration}>{duration(recording.duration === null ? null : Number(recording.duration))}</Fact>
        <Fact name={t.channels}>{recording.channels === 2 ? t.dual : t.mono}</Fact>
        <Fact name={t.call}>
          <ResourceLink sid={recording.call_sid} />
        </Fact>
        <Fact name={t.size}>{typeof whole?.bytes === "number" ? t.bytes(number(whole.bytes)) : "—"}</Fact>
        <Fact name={t.sum}>{whole?.sha256 ? <CopyText value={whole.sha256} /> : "—"}</Fact>
      </Facts>
    </Section>
  );
}

function DeleteRecording({ account, sid }: { readonly account: string; readonly sid: string }) {
  const t = useTexts(texts);
  const go = useGo();
  const remove = useChange("DELETE /2010-04-01/Accounts/{account}/Recordings/{sid}.json");
  return (
    <ConfirmButton
      label={t.remove}
      question={t.question}
      consequence={t.consequence}
      onConfirm={() => remove.mutateAsync({ path: { account, sid } }).then(() => go("/recordings"))}
      isPending={remove.isPending}
      error={remove.error}
    />
  );
}
