/** One folder or selection on its way: its parts, two at a time, until all have arrived. */
import { type DetailedError, type HttpResponse, Upload } from "tus-js-client";
import type { Part, Plan } from "./collect";
import { Addresses, type Memory } from "./memory";
import { Pack } from "./pack";

const CHUNK = 4 * 1024 * 1024;
const AT_ONCE = 2;
const DELAYS = [500, 1000, 2000, 4000, 8000, 15_000];
const WAIT = 20_000; // ms before parts that gave up are tried again
const WINDOW = 20_000; // ms over which the speed is measured

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

export class Job {
  state: State = "sending";
  problem: Problem | undefined;
  private readonly sent = new Map<Part, number>();
  private readonly running = new Map<Part, Upload>();
  private readonly begun = new Map<Part, Upload>(); // kept to go on after a pause, or to terminate
  private readonly done = new Set<Part>();
  private readonly speed: [at: number, bytes: number][] = [];
  private moved = 0; // bytes really sent in this visit
  private timer = 0;

  constructor(
    readonly plan: Plan,
    private readonly where: Where,
    private readonly memory: Memory,
    private readonly changed: (job: Job) => void,
  ) {
    const before = new Set(memory.find(plan.key)?.done);
    for (const part of plan.parts) {
      if (!before.has(part.key)) continue;
      this.done.add(part);
      this.sent.set(part, part.size);
    }
    this.remember();
  }

  get bytes(): number {
    return [...this.sent.values()].reduce((sum, value) => sum + value, 0);
  }

  get files(): number {
    let files = 0;
    for (const [part, sent] of this.sent) {
      if (this.done.has(part)) files += part.files;
      else if (part.source instanceof Pack) files += part.source.filesBefore(sent);
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
    this.fill();
  }

  pause(): void {
    this.stop("paused");
  }

  /** Stop, and remove from the server what has not wholly arrived. */
  async cancel(): Promise<void> {
    this.stop("cancelled");
    this.memory.forget(this.plan.key);
    const half = [...this.begun].filter(([part]) => !this.done.has(part));
    await Promise.allSettled(half.map(([, upload]) => upload.abort(true)));
  }

  private stop(state: State): void {
    this.state = state;
    clearTimeout(this.timer);
    this.speed.length = 0;
    for (const upload of this.running.values()) void upload.abort();
    this.running.clear();
    this.changed(this);
  }

  private remember(): void {
    this.memory.keep({
      key: this.plan.key,
      label: this.plan.label,
      files: this.plan.files,
      bytes: this.plan.bytes,
      at: Date.now(),
      done: [...this.done].map((part) => part.key),
    });
  }

  private fill(): void {
    if (this.done.size === this.plan.parts.length) {
      this.memory.forget(this.plan.key);
      this.state = "arrived";
      this.changed(this);
      return;
    }
    for (const part of this.plan.parts) {
      if (this.running.size >= AT_ONCE) break;
      if (!this.done.has(part) && !this.running.has(part)) void this.send(part);
    }
    this.changed(this);
  }

  private async send(part: Part): Promise<void> {
    const old = this.begun.get(part);
    const upload = old ?? this.make(part);
    this.running.set(part, upload);
    this.begun.set(part, upload);
    if (!old) {
      const [previous] = await upload.findPreviousUploads();
      if (previous && previous.size === part.size) upload.resumeFromPreviousUpload(previous);
      if (this.state !== "sending" || this.running.get(part) !== upload) return;
    }
    upload.start();
  }

  private make(part: Part): Upload {
    const { source } = part;
    const unreadable = () => new Final({ kind: "unreadable", name: part.name, reason: "" });
    return new Upload(new File([], part.name), {
      endpoint: this.where.endpoint,
      headers: { "X-CSRFToken": this.where.csrf },
      metadata: {
        filename: part.name,
        relativePath: part.path,
        kind: part.kind,
        case: this.where.reference,
      },
      chunkSize: CHUNK,
      retryDelays: DELAYS,
      removeFingerprintOnSuccess: true,
      urlStorage: new Addresses(),
      fingerprint: () => Promise.resolve(`${this.where.reference}.${part.key}`),
      fileReader: {
        openFile: () =>
          Promise.resolve({
            size: part.size,
            close: () => {},
            slice: async (start: number, end: number) => {
              try {
                const bytes =
                  source instanceof Pack
                    ? await source.read(start, end)
                    : await source.slice(start, end).arrayBuffer();
                return { value: new Blob([bytes]), done: end >= part.size };
              } catch {
                throw unreadable();
              }
            },
          }),
      },
      onAfterResponse: (_request, response) => {
        const status = response.getStatus();
        // Said here, before tus-js-client would take it for a lost upload and forget the address.
        if (status === 401 || status === 403) {
          throw new Final({ kind: "signed_out", name: part.name, reason: "" });
        }
      },
      onShouldRetry: (error) => {
        if (error.causingError instanceof Final) return false;
        const again = retryable(error.originalResponse?.getStatus() ?? 0);
        if (again && !error.originalResponse && this.state === "sending") {
          this.state = "waiting";
          this.changed(this);
        }
        return again;
      },
      onProgress: (sent) => this.progressed(part, sent),
      onSuccess: () => {
        this.running.delete(part);
        this.done.add(part);
        this.sent.set(part, part.size);
        this.remember();
        if (this.state === "waiting") this.state = "sending";
        if (this.state === "sending") this.fill();
      },
      onError: (error) => this.failed(part, error as DetailedError),
    });
  }

  private progressed(part: Part, sent: number): void {
    const step = sent - (this.sent.get(part) ?? 0);
    this.sent.set(part, sent);
    if (this.state === "waiting" && step > 0) this.state = "sending";
    // A larger step is what the server already had, found when going on.
    if (step <= CHUNK) this.moved += step;
    this.speed.push([performance.now(), this.moved]);
    this.changed(this);
  }

  private failed(part: Part, error: DetailedError): void {
    this.running.delete(part);
    const response = error.originalResponse as HttpResponse | null | undefined;
    const status = response?.getStatus() ?? 0;
    if (error.causingError instanceof Final) this.problem = error.causingError.problem;
    else if (status === 507) this.problem = { kind: "no_space", name: part.name, reason: "" };
    else if (!retryable(status)) {
      const plain = response?.getHeader("Content-Type")?.startsWith("text/plain");
      const reason = plain ? (response?.getBody() ?? "").slice(0, 300) : "";
      this.problem = { kind: "refused", name: part.name, reason };
    } else {
      this.state = "waiting";
      this.changed(this);
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => {
        if (this.state === "waiting") this.start();
        else if (this.state === "sending") this.fill();
      }, WAIT);
      return;
    }
    this.stop("failed");
  }
}
