/** One folder or selection on its way: its parts, a few at a time, until all have arrived. */
import { type DetailedError, type HttpResponse, Upload } from "tus-js-client";
import type { Part, Plan } from "./collect";
import type { Known } from "./known";
import { packed, Unreadable } from "./packer";

const CHUNK = 8 * 1024 * 1024; // bytes of a large file in one request; a pack travels in one
const AT_ONCE = 4; // so that a round trip or a stall of one leaves the link to the others
const DELAYS = [500, 1000, 2000, 4000, 8000, 15_000];
const WAIT = 20_000; // ms before parts that gave up are tried again
const WINDOW = 20_000; // ms over which the speed is measured
const SILENCE = 60_000; // ms without a byte after which a connection counts as dead

export type State = "sending" | "waiting" | "paused" | "failed" | "arrived" | "cancelled";
export type Problem = { kind: "signed_out" | "unreadable" | "no_space" | "refused"; name: string; reason: string };

/** An error after which trying again would change nothing. */
class Final extends Error {
  constructor(readonly problem: Problem) {
    super(problem.kind);
  }
}

const retryable = (status: number) =>
  status === 0 || [408, 409, 423, 425, 429, 460].includes(status) || (status >= 500 && status !== 507);

export interface Where {
  endpoint: string;
  reference: string;
  csrf: string;
}

/** What travels for a part: bytes made once, or slices of a file that are read when they are due. */
interface Load {
  size: number;
  digest: string;
  slice: (start: number, end: number) => Promise<Blob>;
}

async function load(part: Part): Promise<Load> {
  if (part.kind === "pack") {
    const { bytes, digest } = await packed(part.items);
    const whole = new Blob([bytes]);
    return { size: whole.size, digest, slice: (start, end) => Promise.resolve(whole.slice(start, end)) };
  }
  const source = part.zip;
  const slice = async (start: number, end: number) =>
    source
      ? new Blob([await source.read(start, end)])
      : new Blob([await part.items[0]!.file.slice(start, end).arrayBuffer()]);
  return { size: part.size, digest: "", slice };
}

export class Job {
  state: State = "sending";
  problem: Problem | undefined;
  private readonly sent = new Map<Part, number>(); // in bytes of the files
  private readonly running = new Set<Part>();
  private readonly begun = new Map<Part, Upload>(); // kept to go on after a pause
  private readonly done = new Set<Part>();
  private readonly speed: [at: number, bytes: number][] = [];
  private readonly found = new Set<Part>(); // whose next progress tells what the server had
  private moved = 0; // bytes of files really sent in this visit
  private lastMoved = 0; // when
  private timer = 0;
  private round = 0; // counts starts and stops, so that what began before a stop ends

  constructor(
    readonly plan: Plan,
    private readonly where: Where,
    private readonly known: Known,
    private readonly changed: (job: Job) => void,
  ) {}

  get bytes(): number {
    return [...this.sent.values()].reduce((sum, value) => sum + value, 0);
  }

  get files(): number {
    let files = 0;
    for (const [part, sent] of this.sent) {
      if (this.done.has(part)) files += part.files;
      else if (part.files > 1) files += Math.floor((part.files * sent) / Math.max(1, part.size));
    }
    return files;
  }

  /** Seconds left at the speed of the last moments; undefined while that is not known. */
  get secondsLeft(): number | undefined {
    const now = performance.now();
    while (this.speed[0] && now - this.speed[0][0] > WINDOW) this.speed.shift();
    const first = this.speed[0];
    if (!first || now - first[0] < 4000) return undefined;
    const rate = (this.moved - first[1]) / ((now - first[0]) / 1000);
    return rate > 0 ? (this.plan.bytes - this.bytes) / rate : undefined;
  }

  start(): void {
    this.state = "sending";
    this.problem = undefined;
    clearTimeout(this.timer);
    const round = ++this.round;
    this.changed(this);
    void this.known.ask().then(
      () => {
        if (round === this.round) this.fill();
      },
      () => {
        if (round === this.round) this.wait();
      },
    );
  }

  pause(): void {
    this.stop("paused");
  }

  /** Stop, and remove from the server what has not wholly arrived. */
  async cancel(): Promise<void> {
    this.stop("cancelled");
    this.begun.clear();
    await this.known.close(this.plan.key).catch(() => {});
  }

  /** A connection that has died without a word is given up and begun again. */
  watch(): void {
    const silent = performance.now() - this.lastMoved > SILENCE;
    if (this.state !== "sending" || !silent || !this.begun.size) return;
    this.halt();
    this.start();
  }

  private halt(): void {
    this.round++;
    clearTimeout(this.timer);
    this.speed.length = 0;
    this.lastMoved = performance.now();
    for (const part of this.running) void this.begun.get(part)?.abort();
    this.running.clear();
  }

  private stop(state: State): void {
    this.state = state;
    this.halt();
    this.changed(this);
  }

  private wait(): void {
    this.state = "waiting";
    this.changed(this);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.state === "waiting") this.start();
      else if (this.state === "sending") this.fill();
    }, WAIT);
  }

  private fill(): void {
    for (const part of this.plan.parts) {
      if (this.running.size >= AT_ONCE) break;
      if (this.done.has(part) || this.running.has(part)) continue;
      if (this.known.has(part.key)) this.arrived(part);
      else {
        this.running.add(part);
        void this.send(part, this.round);
      }
    }
    if (this.done.size === this.plan.parts.length) {
      this.state = "arrived";
      void this.known.close(this.plan.key).catch(() => {});
    }
    this.changed(this);
  }

  private arrived(part: Part): void {
    this.running.delete(part);
    this.begun.delete(part); // and with it the bytes
    this.done.add(part);
    this.sent.set(part, part.size);
  }

  private async send(part: Part, round: number): Promise<void> {
    this.found.add(part);
    this.lastMoved = performance.now();
    let upload = this.begun.get(part);
    if (!upload) {
      try {
        const what = await load(part);
        if (round !== this.round) return;
        if (what.digest && this.known.has(what.digest)) {
          this.arrived(part);
          this.fill();
          return;
        }
        upload = this.make(part, what);
      } catch (error) {
        if (round !== this.round) return;
        const name = error instanceof Unreadable ? error.path : part.name;
        this.problem = { kind: "unreadable", name, reason: "" };
        this.stop("failed");
        return;
      }
      this.begun.set(part, upload);
    }
    upload.start();
  }

  private make(part: Part, what: Load): Upload {
    const address = this.known.begun(part.key, what.digest);
    return new Upload(new File([], part.name), {
      endpoint: this.where.endpoint,
      uploadUrl: address ?? null,
      storeFingerprintForResuming: false,
      headers: { "X-CSRFToken": this.where.csrf },
      metadata: {
        filename: part.name,
        relativePath: part.path,
        case: this.where.reference,
        kind: part.kind === "pack" ? "pack" : "file",
        key: part.key,
        digest: what.digest,
        contentLength: String(part.size),
        sending: this.plan.key,
        label: this.plan.label,
        files: String(this.plan.files),
        sendingLength: String(this.plan.bytes),
      },
      chunkSize: part.kind === "pack" ? Infinity : CHUNK,
      retryDelays: DELAYS,
      fileReader: {
        openFile: () =>
          Promise.resolve({
            size: what.size,
            close: () => {},
            slice: async (start: number, end: number) => {
              const to = Math.min(end, what.size);
              try {
                return { value: await what.slice(start, to), done: to >= what.size };
              } catch {
                throw new Final({ kind: "unreadable", name: part.name, reason: "" });
              }
            },
          }),
      },
      onAfterResponse: (_request, response) => {
        const status = response.getStatus();
        // Said here, before tus-js-client would take it for a lost upload and begin another.
        if (status === 401 || status === 403) {
          throw new Final({ kind: "signed_out", name: part.name, reason: "" });
        }
      },
      onShouldRetry: (error) => {
        if (error.causingError instanceof Final) return false;
        this.found.add(part);
        const again = retryable(error.originalResponse?.getStatus() ?? 0);
        if (again && !error.originalResponse && this.state === "sending") {
          this.state = "waiting";
          this.changed(this);
        }
        return again;
      },
      onProgress: (sent) => this.progressed(part, what.size ? (sent / what.size) * part.size : 0),
      onSuccess: () => {
        this.arrived(part);
        if (this.state === "waiting") this.state = "sending";
        if (this.state === "sending") this.fill();
      },
      onError: (error) => this.failed(part, error as DetailedError),
    });
  }

  private progressed(part: Part, sent: number): void {
    const step = sent - (this.sent.get(part) ?? 0);
    this.sent.set(part, sent);
    this.lastMoved = performance.now();
    // What is told first is what the server had already: nothing of it moved in this visit.
    if (!this.found.delete(part)) this.moved += step;
    if (this.state === "waiting" && step > 0) this.state = "sending";
    this.speed.push([this.lastMoved, this.moved]);
    this.changed(this);
  }

  private failed(part: Part, error: DetailedError): void {
    this.running.delete(part);
    const response = error.originalResponse as HttpResponse | null | undefined;
    const status = response?.getStatus() ?? 0;
    if (error.causingError instanceof Final) this.problem = error.causingError.problem;
    else if (status === 507) this.problem = { kind: "no_space", name: part.name, reason: "" };
    else if (retryable(status)) {
      this.wait();
      return;
    } else {
      const plain = response?.getHeader("Content-Type")?.startsWith("text/plain");
      const reason = plain ? (response?.getBody() ?? "").slice(0, 300) : "";
      this.problem = { kind: "refused", name: part.name, reason };
    }
    this.begun.delete(part);
    this.stop("failed");
  }
}
