/** The phone's page: takes photos of papers, cuts them straight by four corners, sends one document. */
import "./scanner.css";
import { keep, kept } from "./scanner/keeping";
import { pdfOf } from "./scanner/pdf";
import { type Corners, faults, load, LONGEST, type Point, scaled, straightened, toJpeg, turned } from "./scanner/picture";
import { make } from "./shared/dom";

type Texts = Record<string, string>;

const LOOKED_AT = 700; // pixels of the small picture that is sent for a suggestion
const PATIENCE = 6000; // ms that the suggestion may take
const STEP = 0.01; // how far an arrow key moves a corner
const SEEN = 220; // pixels of a page in the list
const WHOLE: Corners = [[0, 0], [1, 0], [1, 1], [0, 1]];

interface Page {
  jpeg: Blob;
  width: number;
  height: number;
  small: HTMLCanvasElement;
}

async function pageOf(picture: HTMLCanvasElement, jpeg?: Blob): Promise<Page> {
  const { width, height } = picture;
  return { jpeg: jpeg ?? (await toJpeg(picture, 0.85)), width, height, small: scaled(picture, width, height, SEEN) };
}

class Scanner {
  private pages: Page[] = [];
  private keeping = Promise.resolve(); // what is kept later is kept behind what was before
  private choosing = Promise.resolve(); // a photo that is taken while another one is cut waits for it
  private readonly take = make("label", "button scan-take");
  private readonly input = make("input");
  private readonly place = make("div", "scan-place");
  private readonly list = make("ol", "scan-pages");
  private readonly sendButton = make("button", "button");
  private readonly live = make("p", "scan-live");
  private readonly left = make("div", "scan-left");
  private readonly leave = document.querySelector<HTMLFormElement>("form.scan-done");

  constructor(
    private readonly root: HTMLElement,
    private readonly texts: Texts,
  ) {
    this.input.type = "file";
    this.input.accept = "image/*";
    this.input.multiple = true;
    this.input.setAttribute("capture", "environment");
    this.input.className = "hidden-visually";
    this.take.append(this.text("take"), this.input);
    this.live.setAttribute("role", "status");
    this.sendButton.type = "button";
    this.sendButton.addEventListener("click", () => void this.send());
    this.input.addEventListener("change", () => {
      const files = [...(this.input.files ?? [])];
      this.input.value = "";
      this.choosing = this.choosing.then(() => this.chosen(files));
    });
    root.replaceChildren(this.take, this.live, this.place, this.list, this.sendButton, this.left);
    this.draw();
    void this.restore();
    this.leave?.addEventListener("submit", (event) => {
      if (!this.pages.length) return;
      event.preventDefault();
      this.askToSend();
    });
  }

  private get name(): string {
    return this.root.dataset.keep ?? "";
  }

  /** Brings back what was photographed before the page was loaded anew. */
  private async restore(): Promise<void> {
    try {
      const found = await Promise.all((await kept(this.name)).map(async (jpeg) => pageOf(await load(jpeg), jpeg)));
      if (!found.length) return;
      this.pages.unshift(...found);
      this.changed();
      this.live.textContent = this.text("unsent", { n: this.pages.length });
    } catch {
      // This browser keeps nothing.
    }
  }

  private changed(): void {
    this.draw();
    const pages = this.pages.map((page) => page.jpeg);
    this.keeping = this.keeping.then(() => keep(this.name, pages)).catch(() => undefined);
  }

  /** Says, when somebody leaves, what is not sent yet, with a button for each of both. */
  private askToSend(): void {
    const words = make("p", "scan-warning", this.text("unsent", { n: this.pages.length }));
    const send = make("button", "button", this.text("send_now"));
    const drop = make("button", "button button-secondary", this.text("drop"));
    send.type = drop.type = "button";
    send.addEventListener("click", () => void this.send().then((sent) => sent && this.leave?.submit()));
    drop.addEventListener("click", () => {
      this.pages = [];
      this.changed();
      void this.keeping.then(() => this.leave?.submit());
    });
    const buttons = make("div", "actions");
    buttons.append(send, drop);
    this.left.replaceChildren(words, buttons);
    words.setAttribute("role", "alert");
    this.left.scrollIntoView({ block: "center" });
    send.focus();
  }

  private text(key: string, values: Record<string, string | number> = {}): string {
    return Object.entries(values).reduce(
      (text, [name, value]) => text.replace(`{${name}}`, String(value)),
      this.texts[key] ?? key,
    );
  }

  private async chosen(files: File[]): Promise<void> {
    for (const file of files) {
      this.live.textContent = this.text("reading");
      try {
        const photo = await load(file);
        await this.edit(photo);
      } catch {
        // What this browser cannot show (HEIC on some) goes as it is.
        this.live.textContent = this.text("unreadable");
        if (this.leave) this.leave.hidden = false;
        // It is no page here: what could not be sent has to be chosen again.
        if (!(await this.post(file, file.name))) this.live.textContent = this.text("not_kept");
      }
    }
  }

  private async suggestion(photo: HTMLCanvasElement): Promise<Corners> {
    const body = new FormData();
    const small = scaled(photo, photo.width, photo.height, LOOKED_AT);
    body.set("photo", await toJpeg(small, 0.8), "look.jpg");
    try {
      const answer = await fetch(this.root.dataset.lookUrl ?? "", {
        method: "POST",
        body,
        headers: { "X-CSRFToken": this.root.dataset.csrf ?? "", Accept: "application/json" },
        signal: AbortSignal.timeout(PATIENCE),
      });
      const found = ((await answer.json()) as { corners?: Corners }).corners;
      return answer.ok && found?.length === 4 ? found : WHOLE;
    } catch {
      return WHOLE;
    }
  }

  /** Shows a photo with four corners to drag; resolves once it is used or given up. */
  private async edit(photo: HTMLCanvasElement): Promise<void> {
    const corners = (await this.suggestion(photo)).map(([x, y]) => [x, y]) as Corners;
    const stage = make("div", "scan-stage");
    const outline = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    outline.setAttribute("viewBox", "0 0 1 1");
    outline.setAttribute("preserveAspectRatio", "none");
    outline.setAttribute("aria-hidden", "true");
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
    outline.append(shape);
    const warning = make("p", "scan-warning");
    const use = make("button", "button", this.text("use"));
    const whole = make("button", "button button-secondary", this.text("whole"));
    const again = make("button", "button button-secondary", this.text("again"));
    use.type = whole.type = again.type = "button";
    const cut = () =>
      straightened(photo, corners.map(([x, y]) => [x * photo.width, y * photo.height]) as Corners);
    const handles = corners.map((_corner, at) => this.handle(stage, corners, at, () => show()));
    const show = () => {
      shape.setAttribute("points", corners.map((corner) => corner.join(",")).join(" "));
      corners.forEach(([x, y], at) => {
        const handle = handles[at];
        if (!handle) return;
        handle.style.left = `${x * 100}%`;
        handle.style.top = `${y * 100}%`;
      });
    };
    const measure = () => {
      warning.textContent = faults(cut()).map((fault) => this.text(fault)).join(" ");
      warning.hidden = !warning.textContent;
    };
    stage.addEventListener("corners-settled", measure);
    stage.append(photo, outline, ...handles);
    const buttons = make("div", "actions");
    buttons.append(use, whole, again);
    if (this.leave) this.leave.hidden = true; // a page that is being cut is not done with
    this.place.replaceChildren(make("p", "hint", this.text("drag")), stage, warning, buttons);
    show();
    measure();
    this.live.textContent = "";
    this.place.scrollIntoView({ block: "start" });
    const picture = await new Promise<HTMLCanvasElement | undefined>((resolve) => {
      use.addEventListener("click", () => resolve(cut()));
      whole.addEventListener("click", () => resolve(scaled(photo, photo.width, photo.height, LONGEST)));
      again.addEventListener("click", () => {
        resolve(undefined);
        this.input.click();
      });
    });
    if (picture) this.pages.push(await pageOf(picture));
    this.place.replaceChildren();
    if (this.leave) this.leave.hidden = false;
    this.changed();
    this.take.focus();
  }

  private handle(stage: HTMLElement, corners: Corners, at: number, show: () => void): HTMLButtonElement {
    const handle = make("button", "scan-handle");
    handle.type = "button";
    handle.setAttribute("aria-label", this.text("corner", { n: at + 1 }));
    const settled = () => stage.dispatchEvent(new Event("corners-settled"));
    const put = (x: number, y: number) => {
      corners[at] = [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
      show();
    };
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const box = stage.getBoundingClientRect();
      put((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    });
    handle.addEventListener("pointerup", settled);
    handle.addEventListener("keydown", (event) => {
      const moves: Record<string, Point> = {
        ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP],
      };
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      const [x, y] = corners[at] as Point;
      put(x + move[0], y + move[1]);
      settled();
    });
    return handle;
  }

  private draw(): void {
    const rows = this.pages.map((page, at) => {
      const row = make("li");
      page.small.setAttribute("role", "img");
      page.small.setAttribute("aria-label", this.text("page", { n: at + 1 }));
      const buttons = make("div", "scan-buttons");
      const button = (key: string, does: () => unknown, off = false) => {
        const made = make("button", "button button-secondary", this.text(key));
        made.type = "button";
        made.disabled = off;
        made.addEventListener("click", () => void Promise.resolve(does()).then(() => this.changed()));
        buttons.append(made);
      };
      const swap = (to: number) => this.pages.splice(to, 0, ...this.pages.splice(at, 1));
      if (this.pages.length > 1) {
        button("up", () => swap(at - 1), at === 0);
        button("down", () => swap(at + 1), at === this.pages.length - 1);
      }
      button("turn", async () => {
        const other = await pageOf(turned(await load(page.jpeg)));
        this.pages = this.pages.map((each) => (each === page ? other : each));
      });
      button("remove", () => this.pages.splice(at, 1));
      row.append(make("p", "", this.text("page", { n: at + 1 })), page.small, buttons);
      return row;
    });
    this.list.replaceChildren(...rows);
    this.left.replaceChildren();
    this.sendButton.hidden = !rows.length;
    this.sendButton.textContent = this.text("send", { n: rows.length });
  }

  /** Sends the pages as one document; says whether nothing is left. What is photographed meanwhile
   * stays. */
  private async send(): Promise<boolean> {
    this.sendButton.disabled = true;
    this.live.textContent = this.text("sending");
    const going = [...this.pages];
    const sheets = await Promise.all(
      going.map(async ({ jpeg, width, height }) => ({ jpeg: new Uint8Array(await jpeg.arrayBuffer()), width, height })),
    );
    // The family's time. It stands first: behind an Arabic word it would be read backwards.
    const form = new Intl.DateTimeFormat("sv-SE", { timeZone: this.root.dataset.zone, dateStyle: "short", timeStyle: "short" });
    const day = form.format(new Date()).replace(":", ".");
    const sent = await this.post(pdfOf(sheets), `${day} ${this.text("name")}.pdf`);
    if (sent) {
      this.pages = this.pages.filter((page) => !going.includes(page));
      this.changed();
      await this.keeping;
      this.live.textContent = this.text("sent");
    }
    this.sendButton.disabled = false;
    return sent && !this.pages.length;
  }

  private async post(content: Blob, name: string): Promise<boolean> {
    const body = new FormData();
    body.set("photos", content, name);
    try {
      const answer = await fetch(this.root.dataset.sendUrl ?? "", {
        method: "POST",
        body,
        headers: { "X-CSRFToken": this.root.dataset.csrf ?? "", Accept: "application/json" },
      });
      if (answer.ok) return true;
    } catch {
      // Said below; the pages are still here.
    }
    this.live.textContent = this.text("failed");
    return false;
  }
}

const root = document.querySelector<HTMLElement>("[data-scanner]");
if (root) new Scanner(root, JSON.parse(root.dataset.texts ?? "{}") as Texts);
