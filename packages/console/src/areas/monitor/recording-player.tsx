import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type MouseEvent, useRef, useState } from "react";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { readPeaks } from "./peaks.ts";

const texts = defineTexts({
  en: {
    player: "Recording",
    yours: "Upper: caller's side. Lower: called side.",
    tooBig: "Too long to draw its waveform; it can be heard and downloaded.",
    undrawn: "Its waveform cannot be drawn in this browser; it can be heard and downloaded.",
  },
  ja: {
    player: "録音",
    yours: "上: 発信側、下: 着信側",
    tooBig: "長い録音のため波形は表示されません。再生とダウンロードはできます。",
    undrawn: "このブラウザーでは波形を表示できません。再生とダウンロードはできます。",
  },
});

/** Half an hour of both sides; the sound has to be in memory to be drawn. */
const DRAWN_BYTES = 64_000_000;
const LANE = 56;

type PlayerProps = { readonly path: string; readonly bytes: number; readonly channels: number };

/** Plays a recording, with its waveform where it is not too long: a click there goes to that place. */
export function RecordingPlayer({ path, bytes, channels }: PlayerProps) {
  const t = useTexts(texts);
  const audio = useRef<HTMLAudioElement>(null);
  const [share, setShare] = useState(0);
  const isDrawn = bytes <= DRAWN_BYTES;
  const peaks = useQuery({
    queryKey: ["waveform", path],
    queryFn: ({ signal }) => readPeaks(path, signal),
    enabled: isDrawn,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const follow = (): void => {
    const { currentTime = 0, duration = 0 } = audio.current ?? {};
    setShare(duration > 0 && Number.isFinite(duration) ? currentTime / duration : 0);
  };
  const seek = (to: number): void => {
    if (audio.current !== null && Number.isFinite(audio.current.duration)) {
      audio.current.currentTime = to * audio.current.duration;
    }
  };
  return (
    <Stack gap="xs">
      {peaks.data && <Waveform peaks={peaks.data} share={share} onSeek={seek} />}
      {peaks.data && channels === 2 && (
        <Text size="xs" c="dimmed">
          {t.yours}
        </Text>
      )}
      {(!isDrawn || peaks.error) && (
        <Text size="sm" c="dimmed">
          {isDrawn ? t.undrawn : t.tooBig}
        </Text>
      )}
      {/* biome-ignore lint/a11y/useMediaCaption: nobody has written down what was said in a call */}
      <audio
        ref={audio}
        src={path}
        controls
        preload="metadata"
        aria-label={t.player}
        onTimeUpdate={follow}
        style={{ width: "100%" }}
      />
    </Stack>
  );
}

type WaveformProps = {
  /** Of each channel, the loudest of each stretch, 0 to 1. */
  readonly peaks: readonly (readonly number[])[];
  readonly share: number;
  readonly onSeek: (share: number) => void;
};

/** Hidden from screen readers: the player below it does the same by keyboard and by name. */
function Waveform({ peaks, share, onSeek }: WaveformProps) {
  const width = peaks[0]?.length ?? 0;
  const height = LANE * peaks.length;
  const seek = (event: MouseEvent<SVGSVGElement>): void => {
    const { left, width: shown } = event.currentTarget.getBoundingClientRect();
    onSeek((event.clientX - left) / shown);
  };
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width="100%"
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
      onClick={seek}
      style={{ cursor: "pointer", background: "var(--mantine-color-default-hover)" }}
    >
      {peaks.map((lane, index) => (
        <path
          // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its place
          key={index}
          d={outline(lane, LANE * (index + 0.5))}
          stroke={`var(--mantine-color-${index === 0 ? "blue" : "teal"}-6)`}
          strokeWidth="1.6"
          vectorEffect="non-scaling-stroke"
        />
      ))}
      <line
        x1={share * width}
        x2={share * width}
        y1="0"
        y2={height}
        stroke="var(--mantine-color-text)"
        strokeWidth="2"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

function outline(lane: readonly number[], middle: number): string {
  return lane.map((peak, x) => `M${x} ${middle - reach(peak)}V${middle + reach(peak)}`).join("");
}

function reach(peak: number): number {
  return Math.max(0.5, (peak * LANE) / 2);
}
