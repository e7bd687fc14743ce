/** Has packs made in a worker; says beforehand whether this browser can. */
import type { Order, Packed } from "./worker";
import type { Item } from "./zip";

let worker: Worker | undefined;
let number = 0;
const waiting = new Map<number, { done: (packed: Packed) => void; failed: (error: Error) => void }>();

/** Hashing needs a secure address; without one, files travel as they are. */
export const canPack = () => typeof Worker === "function" && Boolean(globalThis.crypto?.subtle);

export class Unreadable extends Error {
  constructor(readonly path: string) {
    super(path);
  }
}

function started(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<Packed>) => {
    waiting.get(data.id)?.done(data);
    waiting.delete(data.id);
  });
  worker.addEventListener("error", () => {
    worker?.terminate();
    worker = undefined;
    for (const { failed } of waiting.values()) failed(new Error("the worker stopped"));
    waiting.clear();
  });
  return worker;
}

export async function packed(items: Item[]): Promise<{ bytes: Uint8Array<ArrayBuffer>; digest: string }> {
  const order: Order = { id: ++number, items };
  const answer = await new Promise<Packed>((done, failed) => {
    waiting.set(order.id, { done, failed });
    started().postMessage(order);
  });
  if (!answer.bytes || !answer.digest) throw new Unreadable(answer.unreadable ?? "");
  return { bytes: answer.bytes, digest: answer.digest };
}
