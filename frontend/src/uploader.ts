/** The uploader: drop a folder or choose files; goes on where it stopped, in another visit too. */
import "./uploader.css";
import { chosen, dropped, plan } from "./uploader/collect";
import { Job, type Where } from "./uploader/job";
import { Known } from "./uploader/known";
import { follow, refresh } from "./uploader/status";
import { bytesText, fill, type Key, percentText, type Texts, textsOf, timeText } from "./uploader/texts";
import type { Item } from "./uploader/zip";
import { make } from "./shared/dom";

const LIVE_EVERY = 15_000; // ms between what a screen reader is told of the progress
const LIST_EVERY = 20_000; // ms between two looks at what has been sorted while more is sent

class Panel {
  readonly element = make("section", "uploader-job");
  private readonly title = make("p", "uploader-name");
  private readonly bar = make("progress");
  private readonly line = make("p", "uploader-line");
  private readonly note = make("p", "uploader-note");
  private readonly keep = make("p", "uploader-hint");
  private readonly toggle = make("button", "button button-secondary");
  private readonly cancel = make("button", "button button-secondary");
  private readonly buttons = make("div", "uploader-buttons");

  constructor(
    private readonly job: Job,
    private readonly texts: Texts,
    removed: () => void,
  ) {
    this.title.textContent = fill(texts.job, { name: job.plan.label });
    this.bar.max = Math.max(1, job.plan.bytes);
    this.bar.setAttribute("aria-label", this.title.textContent ?? "");
    this.toggle.type = this.cancel.type = "button";
    this.cancel.textContent = texts.cancel;
    this.keep.textContent = texts.keep;
    this.toggle.addEventListener("click", () => {
      if (job.state === "sending" || job.state === "waiting") job.pause();
      else job.start();
    });
    this.cancel.addEventListener("click", () => this.ask(removed));
    this.buttons.append(this.toggle, this.cancel);
    this.element.append(this.title, this.bar, this.line, this.note, this.buttons, this.keep);
  }

  /** Cancelling is asked twice, in place: the same two buttons, other words. */
  private ask(removed: () => void): void {
    const { texts, job } = this;
    const name = job.plan.label;
    const question = make("p", "uploader-question", fill(texts.cancel_question, { name }));
    const yes = make("button", "button", texts.cancel_yes);
    const no = make("button", "button button-secondary", texts.cancel_no);
    yes.type = no.type = "button";
    const row = make("div", "uploader-buttons");
    row.append(yes, no);
    this.buttons.replaceWith(question, row);
    const back = () => {
      question.remove();
      row.replaceWith(this.buttons);
      this.cancel.focus();
    };
    no.addEventListener("click", back);
    yes.addEventListener("click", () => {
      back();
      void job.cancel().then(removed);
    });
    no.focus();
  }

  draw(): void {
    const { job, texts } = this;
    const { plan: what, state, problem } = job;
    if (state === "arrived" && this.element.dataset.state !== state) this.element.parentElement?.append(this.element);
    this.element.dataset.state = state;
    this.title.hidden = this.bar.hidden = this.line.hidden = state === "arrived"; // its note says it
    this.bar.value = state === "arrived" ? this.bar.max : job.bytes;
    this.line.textContent = fill(texts.progress, {
      sent: bytesText(job.bytes),
      total: bytesText(what.bytes),
      files: job.files,
      all: what.files,
    });
    const left = job.secondsLeft;
    const name = what.label;
    const notes: Record<typeof state, string> = {
      sending: left === undefined ? texts.measuring : fill(texts.time_left, { time: timeText(left) }),
      waiting: texts.waiting,
      paused: texts.paused,
      failed: problem ? fill(texts[problem.kind], { name: problem.name, reason: problem.reason }) : "",
      arrived: fill(texts.arrived, { name }),
      cancelled: fill(texts.cancelled, { name }),
    };
    this.note.textContent = notes[state];
    this.toggle.textContent = state === "sending" || state === "waiting" ? texts.pause : texts.resume;
    this.keep.hidden = this.buttons.hidden = state === "arrived" || state === "cancelled";
  }

  get spoken(): string {
    const { state, plan: what, bytes } = this.job;
    if (state !== "sending") return this.note.textContent ?? "";
    return fill(this.texts.live, { percent: percentText(what.bytes ? bytes / what.bytes : 1) });
  }
}

function mount(root: HTMLElement): void {
  const texts = textsOf(root);
  const data = root.dataset;
  const where: Where = {
    endpoint: data.endpoint ?? "/uploads/",
    reference: data.case ?? "",
    csrf: data.csrf ?? "",
  };
  const known = new Known(data.knownUrl ?? "", where.csrf);
  const jobs = new Map<string, { job: Job; panel: Panel }>();

  const box = make("div", "uploader");
  const drop = make("div", "uploader-drop");
  const buttons = make("div", "uploader-buttons");
  const files = make("input");
  const folder = make("input");
  files.type = folder.type = "file";
  files.multiple = folder.multiple = true;
  folder.webkitdirectory = true;
  files.hidden = folder.hidden = true;
  files.dataset.pick = "files";
  folder.dataset.pick = "folder";
  const pick = (key: Key, input: HTMLInputElement, kind: string) => {
    const button = make("button", kind, texts[key]);
    button.type = "button";
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const items = chosen(input.files!);
      input.value = "";
      begin(items);
    });
    buttons.append(button, input);
  };
  // On a phone there is no folder to drop, but a camera; what is chosen first is a file.
  const phone = matchMedia("(hover: none) and (pointer: coarse)").matches;
  if (phone) {
    const camera = make("input");
    camera.type = "file";
    camera.accept = "image/*";
    camera.setAttribute("capture", "environment");
    camera.hidden = true;
    camera.dataset.pick = "camera";
    pick("choose_photos", files, "button");
    pick("take_photo", camera, "button button-secondary");
  } else {
    if ("webkitdirectory" in folder) pick("choose_folder", folder, "button");
    pick("choose_files", files, "button button-secondary");
  }
  const message = make("p", "uploader-message");
  const words: [Key, Key] = phone ? ["send", "send_hint"] : ["drop", "drop_hint"];
  drop.append(
    make("p", "uploader-title", texts[words[0]]),
    make("p", "uploader-hint", texts[words[1]]),
    buttons,
    message,
  );
  const panels = make("div");
  const status = make("div", "uploader-status");
  status.setAttribute("role", "status");
  const live = make("p", "uploader-live");
  live.setAttribute("aria-live", "polite");
  box.append(drop, panels, status, live);
  root.querySelectorAll("form").forEach((form) => (form.hidden = true));
  root.append(box);

  /** What this page is sending itself needs no line among what is not finished. */
  function mark(): void {
    const here = [...jobs].filter(([, { job }]) => job.state !== "cancelled");
    const busy = new Set(here.map(([key]) => key));
    document.querySelectorAll<HTMLElement>("[data-sending]").forEach((row) => {
      row.hidden = busy.has(row.dataset.sending ?? "");
    });
    document.querySelectorAll<HTMLElement>("[data-unfinished]").forEach((box) => {
      box.hidden = !box.querySelector("[data-sending]:not([hidden])");
    });
  }

  function begin(items: Item[]): void {
    const what = plan(items);
    message.textContent = what.files ? "" : texts.nothing;
    if (!what.files) return;
    const { key } = what;
    const old = jobs.get(key);
    if (old && old.job.state !== "cancelled" && old.job.state !== "arrived") {
      if (old.job.state !== "failed") {
        if (old.job.state !== "sending") old.job.start();
        return;
      }
      // The files were chosen again because one could not be read: take the fresh ones.
      old.panel.element.remove();
    }
    status.replaceChildren();
    const job: Job = new Job(what, where, known, changed);
    const panel = new Panel(job, texts, () => void refresh(root).then(mark));
    jobs.set(key, { job, panel });
    panels.insertBefore(panel.element, panels.querySelector("[data-state=arrived]")); // what is done stands below
    mark();
    job.start();
    panel.draw();
  }

  let drawing = false;
  let spokenAt = 0;
  let spokenState = "";
  function changed(job: Job): void {
    if (job.state === "arrived" && [...jobs.values()].every(({ job: each }) => !active(each))) {
      void finished();
    }
    if (drawing) return;
    drawing = true;
    setTimeout(() => {
      drawing = false;
      const all = [...jobs.values()];
      all.forEach(({ panel }) => panel.draw());
      const states = all.map(({ job: each }) => each.state).join();
      if (states !== spokenState || Date.now() - spokenAt > LIVE_EVERY) {
        const here = jobs.get(job.plan.key);
        live.textContent = here?.panel.spoken ?? "";
        spokenAt = Date.now();
        spokenState = states;
      }
    }, 250);
  }

  async function finished(): Promise<void> {
    delete root.dataset.checked; // what an earlier look found
    root.dispatchEvent(new CustomEvent("uploader:arrived", { bubbles: true }));
    await follow(root, status, texts);
    mark();
  }

  const active = (job: Job) => ["sending", "waiting", "paused", "failed"].includes(job.state);

  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.dataset.over = "";
    });
  }
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget as Node)) delete drop.dataset.over;
  });
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    if (!event.dataTransfer) return;
    message.textContent = texts.reading;
    void dropped(event.dataTransfer).then(begin, () => (message.textContent = texts.nothing));
  });
  addEventListener("online", () => {
    for (const { job } of jobs.values()) if (job.state === "waiting") job.start();
  });
  addEventListener("beforeunload", (event) => {
    const busy = [...jobs.values()].some(({ job }) => ["sending", "waiting"].includes(job.state));
    if (busy) event.preventDefault();
  });
  setInterval(() => {
    for (const { job, panel } of jobs.values()) {
      if (job.state !== "sending") continue;
      job.watch();
      panel.draw();
    }
  }, 2000);
  // While much is on its way, what has come already shows: the images by series.
  setInterval(() => {
    if ([...jobs.values()].some(({ job }) => job.state === "sending")) void refresh(root).then(mark);
  }, LIST_EVERY);

  if (data.follow !== undefined) void follow(root, status, texts);
  root.dataset.ready = "1";
}

document.querySelectorAll<HTMLElement>("[data-uploader]").forEach(mount);
