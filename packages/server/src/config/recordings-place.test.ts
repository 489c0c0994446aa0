import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readSettings } from "./read-settings.ts";
import { type RecordingsPlace, recordingsPlace } from "./recordings-place.ts";
import { SettingError } from "./settings.ts";

type Environment = Readonly<Record<string, string>>;

const place = (environment: Environment): RecordingsPlace => recordingsPlace(readSettings(environment));

const KEYS = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "hunter2/x", AWS_REGION: "eu-1" };
const S3 = { kind: "s3", endpoint: "https://store.example/calls", region: "eu-1", prefix: "" } as const;

describe("REC-5: where recordings are kept", () => {
  it.each<[environment: Environment, want: RecordingsPlace]>([
    [{}, { dir: resolve("data/recordings/local"), storage: { kind: "local" } }],
    [
      { TRUNKLINE_DATA_DIR: "/srv", TRUNKLINE_EDGE: "tokyo" },
      { dir: "/srv/recordings/tokyo", storage: { kind: "local" } },
    ],
    [{ TRUNKLINE_RECORDINGS_URL: "file:///mnt/calls" }, { dir: "/mnt/calls/local", storage: { kind: "local" } }],
    [
      { TRUNKLINE_RECORDINGS_URL: "file:/mnt/our%20calls/" },
      { dir: "/mnt/our calls/local", storage: { kind: "local" } },
    ],
    [
      { ...KEYS, TRUNKLINE_RECORDINGS_URL: "s3://store.example/calls", TRUNKLINE_DATA_DIR: "/srv" },
      { dir: "/srv/recordings/local", storage: { ...S3, accessKeyId: "id", secretAccessKey: "hunter2/x" } },
    ],
    [
      { ...KEYS, TRUNKLINE_RECORDINGS_URL: "s3://me:s%2Fx@store.example/calls", TRUNKLINE_DATA_DIR: "/srv" },
      { dir: "/srv/recordings/local", storage: { ...S3, accessKeyId: "me", secretAccessKey: "s/x" } },
    ],
  ])("%j", (environment, want) => {
    expect(place(environment)).toEqual(want);
  });

  it.each<[url: string, environment: Environment, message: RegExp]>([
    ["/mnt/calls", {}, /=\/mnt\/calls: write file:\/\/\/folder or s3:\/\/host\/bucket$/],
    ["file:calls", {}, /with its whole path$/],
    ["file://nas/calls", {}, /with its whole path$/],
    ["file:///", {}, /with its whole path$/],
    ["file:///a%2Fb", {}, /with its whole path$/],
    ["s3://store.example/calls", {}, /key or secret is missing: .*AWS_SECRET_ACCESS_KEY too$/],
    ["s3://store.example", KEYS, /host or bucket is missing/],
    ["s3://me:hunter2/x@store.example/calls", {}, /=s3:\/\/…@store\.example\/calls: not an address/],
  ])("%s stops the start with one line and no secret", (url, environment, message) => {
    const failing = () => readSettings({ ...environment, TRUNKLINE_RECORDINGS_URL: url });
    expect(failing).toThrow(SettingError);
    expect(failing).toThrow(message);
    expect(failing).not.toThrow(/\n|hunter2/);
  });
});
