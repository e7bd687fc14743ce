/** Reads, hashes and packs files beside the page, so that the page stays quick to the touch. */
import { pack, type Source } from "./codec";
import type { Item } from "./zip";

export interface Order {
  id: number;
  items: Item[];
}

export interface Packed {
  id: number;
  bytes?: Uint8Array<ArrayBuffer>;
  digest?: string; // SHA-256 of `bytes`
  unreadable?: string; // the path of a file that could not be read
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function fulfil({ id, items }: Order): Promise<Packed> {
  const sources: Source[] = [];
  for (const { file, path } of items) {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (bytes.length !== file.size) return { id, unreadable: path };
      sources.push({ path, bytes, sha256: await sha256(bytes) });
    } catch {
      return { id, unreadable: path };
    }
  }
  const bytes = pack(sources);
  return { id, bytes, digest: await sha256(bytes) };
}

let last: Promise<void> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  // One after the other: two at once would only hold twice the memory.
  last = last.then(async () => {
    const packed = await fulfil(data);
    postMessage(packed, { transfer: packed.bytes ? [packed.bytes.buffer] : [] });
  });
});
