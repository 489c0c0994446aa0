/** WAV files of 16-bit PCM at 8 kHz: the 44-byte header (RIFF, `fmt `, `data`) and nothing else. */
export const HEADER_BYTES = 44;
export const SAMPLE_RATE = 8_000;
export const SAMPLE_BYTES = 2;

/** The sizes in the header are 32 bits: 18 hours of two channels, 37 of one. */
export const MOST_DATA_BYTES = 0xffff_ffff - HEADER_BYTES;

export type WaveFacts = { readonly channels: 1 | 2; readonly dataBytes: number };

export function writeWaveHeader(channels: 1 | 2, dataBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * channels * SAMPLE_BYTES, 28);
  header.writeUInt16LE(channels * SAMPLE_BYTES, 32);
  header.writeUInt16LE(8 * SAMPLE_BYTES, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/** Reads a header of ours; null when it is not one. */
export function readWaveHeader(header: Uint8Array): WaveFacts | null {
  if (header.length < HEADER_BYTES) return null;
  const bytes = Buffer.from(header.buffer, header.byteOffset, HEADER_BYTES);
  const channels = bytes.readUInt16LE(22);
  if (channels !== 1 && channels !== 2) return null;
  const dataBytes = bytes.readUInt32LE(40);
  return bytes.equals(writeWaveHeader(channels, dataBytes)) ? { channels, dataBytes } : null;
}
