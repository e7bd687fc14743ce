/**
 * Makes a pack: several files as one sequence of bytes, smaller than they are, and the same bytes
 * in every browser (only whole numbers, and a compressor that travels with this file).
 *
 * What is guessed here about DICOM only decides how well a file shrinks: it is restored bit for bit
 * whatever it is, and proved by the SHA-256 made before. The format: docs/decisions/0006-uploads.md.
 */
import { deflateSync } from "fflate";

export interface Source {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
  sha256: string;
}

interface Pixels {
  start: number; // of the pixels in the file
  length: number;
  row: number; // bytes from one sample to the one below it
  width: 1 | 2; // bytes of a sample
}

interface Entry {
  path: string;
  size: number;
  sha256: string;
  stored?: true;
  pixels?: [start: number, length: number, row: number, width: number];
}

const MAGIC = "SOPACK1\n";
const LEVEL = 6;
const SAMPLE = 64 * 1024; // bytes on which it is tried what pays
const PAYS = 0.97;

/** Where two bytes `group` and two bytes `element` stand as a DICOM tag, from `from` on. */
function find(bytes: Uint8Array, tag: number[], from: number): number {
  for (let at = bytes.indexOf(tag[0]!, from); at >= 0; at = bytes.indexOf(tag[0]!, at + 1)) {
    if (bytes[at + 1] === tag[1] && bytes[at + 2] === tag[2] && bytes[at + 3] === tag[3]) return at;
  }
  return -1;
}

/** The first value of a tag that holds a short number (VR US), in explicit or implicit form. */
function short(bytes: Uint8Array, tag: number[], end: number): number {
  for (let at = find(bytes, tag, 132); at >= 0 && at < end; at = find(bytes, tag, at + 1)) {
    const explicit = bytes[at + 4] === 0x55 && bytes[at + 5] === 0x53 && bytes[at + 6] === 2;
    const implicit = bytes[at + 4] === 2 && !bytes[at + 5] && !bytes[at + 6] && !bytes[at + 7];
    if (explicit || implicit) return bytes[at + 8]! | (bytes[at + 9]! << 8);
  }
  return 0;
}

/** Uncompressed pixels of a little-endian DICOM object, or nothing. */
export function pixelsOf(bytes: Uint8Array): Pixels | undefined {
  if (String.fromCharCode(...bytes.subarray(128, 132)) !== "DICM") return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tag = [0xe0, 0x7f, 0x10, 0x00];
  for (let at = find(bytes, tag, 132); at >= 0 && at + 12 < bytes.length; at = find(bytes, tag, at + 1)) {
    const explicit = bytes[at + 4] === 0x4f; // OB, OW
    const start = at + (explicit ? 12 : 8);
    const declared = view.getUint32(start - 4, true);
    if (declared < 1024 || start + declared > bytes.length) continue;
    const columns = short(bytes, [0x28, 0, 0x11, 0], at);
    const bits = short(bytes, [0x28, 0, 0x00, 0x01], at);
    const samples = short(bytes, [0x28, 0, 0x02, 0], at) || 1;
    if (!columns || (bits !== 8 && bits !== 16)) return undefined;
    const width = bits === 16 ? 2 : 1;
    const row = columns * samples * width;
    const length = declared - (declared % row);
    return length ? { start, length, row, width } : undefined;
  }
  return undefined;
}

/** Each sample less the one above it, sign folded into the lowest bit, high bytes before low ones. */
export function filtered(bytes: Uint8Array, { row, width }: Pixels): Uint8Array {
  const out = new Uint8Array(bytes.length);
  if (width === 1) {
    for (let at = 0; at < bytes.length; at++) {
      const step = ((bytes[at]! - (at < row ? 0 : bytes[at - row]!)) << 24) >> 24;
      out[at] = (step << 1) ^ (step >> 7);
    }
    return out;
  }
  const half = bytes.length / 2;
  for (let at = 0, to = 0; at < bytes.length; at += 2, to++) {
    const here = bytes[at]! | (bytes[at + 1]! << 8);
    const above = at < row ? 0 : bytes[at - row]! | (bytes[at - row + 1]! << 8);
    const step = ((here - above) << 16) >> 16;
    const folded = (step << 1) ^ (step >> 15);
    out[to] = folded >> 8;
    out[half + to] = folded;
  }
  return out;
}

const packedLength = (bytes: Uint8Array) => deflateSync(bytes, { level: LEVEL }).length;

/** A piece from the middle, where there is most to see; for pixels, whole rows. */
function sample(bytes: Uint8Array, row: number): Uint8Array {
  const length = Math.min(bytes.length, Math.max(row, SAMPLE - (SAMPLE % row)));
  const start = (bytes.length - length) >> 1;
  const from = start - (start % row);
  return bytes.subarray(from, from + length);
}

class Stream {
  private readonly pieces: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.length += bytes.length;
  }

  joined(): Uint8Array {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const piece of this.pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}

export function pack(sources: Source[]): Uint8Array<ArrayBuffer> {
  const plain = new Stream();
  const pixels = new Stream();
  const stored = new Stream();
  const files = sources.map(({ path, bytes, sha256 }): Entry => {
    const entry: Entry = { path, size: bytes.length, sha256 };
    const found = pixelsOf(bytes);
    if (found) {
      const part = bytes.subarray(found.start, found.start + found.length);
      const piece = sample(part, found.row);
      if (packedLength(filtered(piece, found)) < Math.min(packedLength(piece), piece.length * PAYS)) {
        entry.pixels = [found.start, found.length, found.row, found.width];
        plain.add(bytes.subarray(0, found.start));
        plain.add(bytes.subarray(found.start + found.length));
        pixels.add(filtered(part, found));
        return entry;
      }
    }
    const piece = sample(bytes, 1);
    if (bytes.length > 512 && packedLength(piece) > piece.length * PAYS) {
      entry.stored = true;
      stored.add(bytes);
    } else plain.add(bytes);
    return entry;
  });
  const squeeze = (stream: Stream) => deflateSync(stream.joined(), { level: LEVEL });
  const streams = [squeeze(plain), squeeze(pixels), stored.joined()] as const;
  const about = JSON.stringify({
    files,
    streams: {
      plain: [streams[0].length, plain.length],
      pixels: [streams[1].length, pixels.length],
      stored: [streams[2].length, stored.length],
    },
  });
  const index = deflateSync(new TextEncoder().encode(about), { level: LEVEL });
  const head = new Uint8Array(MAGIC.length + 4);
  head.set(new TextEncoder().encode(MAGIC));
  new DataView(head.buffer).setUint32(MAGIC.length, index.length, true);
  const whole = new Stream();
  for (const piece of [head, index, ...streams]) whole.add(piece);
  return whole.joined() as Uint8Array<ArrayBuffer>;
}
