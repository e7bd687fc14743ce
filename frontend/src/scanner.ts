/** The phone's page: takes photos of papers, cuts them straight by four corners, sends one document. */
import "./scanner.css";
import { pdfOf, type Sheet } from "./scanner/pdf";
import { type Corners, faults, load, type Point, scaled, straightened, toJpeg, turned } from "./scanner/picture";
import { make } from "./shared/dom";

type Texts = Record<string, string>;

const LOOKED_AT = 700; // pixels of the small picture that is sent for a suggestion
const PATIENCE = 6000; // ms that the suggestion may take
const STEP = 0.01; // how far an arrow key moves a corner
const WHOLE: Corners = [[0.04, 0.04], [0.96, 0.04], [0.96, 0.96], [0.04, 0.96]];

class Scanner {
  private readonly pages: HTMLCanvasElement[] = [];
  private readonly take = make("label", "button scan-take");
  private readonly input = make("input");
  private readonly place = make("div", "scan-place");
  private readonly list = make("ol", "scan-pages");
  private readonly sendButton = make("button", "button");
  private readonly live = make("p", "scan-live");

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
    this.input.addEventListener("change", () => void this.chosen());
    root.replaceChildren(this.take, this.live, this.place, this.list, this.sendButton);
    this.draw();
  }

  private text(key: string, values: Record<string, string | number> = {}): string {
    return Object.entries(values).reduce(
      (text, [name, value]) => text.replace(`{${name}}`, String(value)),
      this.texts[key] ?? key,
    );
  }

  private async chosen(): Promise<void> {
    const files = [...(this.input.files ?? [])];
    this.input.value = "";
    for (const file of files) {
      this.live.textContent = this.text("reading");
      try {
        const photo = await load(file);
        await this.edit(photo);
      } catch {
        // What this browser cannot show (HEIC on some) goes as it is.
        this.live.textContent = this.text("unreadable");
        await this.post(file, file.name);
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
    const again = make("button", "button button-secondary", this.text("again"));
    use.type = again.type = "button";
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
    buttons.append(use, again);
    this.place.replaceChildren(make("p", "hint", this.text("drag")), stage, warning, buttons);
    show();
    measure();
    this.live.textContent = "";
    this.place.scrollIntoView({ block: "start" });
    await new Promise<void>((resolve) => {
      use.addEventListener("click", () => {
        this.pages.push(cut());
        resolve();
      });
      again.addEventListener("click", () => {
        resolve();
        this.input.click();
      });
    });
    this.place.replaceChildren();
    this.draw();
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
      const picture = scaled(page, page.width, page.height, 220);
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", this.text("page", { n: at + 1 }));
      const buttons = make("div", "scan-buttons");
      const button = (key: string, does: () => void, off = false) => {
        const made = make("button", "button button-secondary", this.text(key));
        made.type = "button";
        made.disabled = off;
        made.addEventListener("click", () => {
          does();
          this.draw();
        });
        buttons.append(made);
      };
      const swap = (to: number) => this.pages.splice(to, 0, ...this.pages.splice(at, 1));
      if (this.pages.length > 1) {
        button("up", () => swap(at - 1), at === 0);
        button("down", () => swap(at + 1), at === this.pages.length - 1);
      }
      button("turn", () => this.pages.splice(at, 1, turned(page)));
      button("remove", () => this.pages.splice(at, 1));
      row.append(make("p", "", this.text("page", { n: at + 1 })), picture, buttons);
      return row;
    });
    this.list.replaceChildren(...rows);
    this.sendButton.hidden = !rows.length;
    this.sendButton.textContent = this.text("send", { n: rows.length });
  }

  private async send(): Promise<void> {
    this.sendButton.disabled = true;
    this.live.textContent = this.text("sending");
    const sheets: Sheet[] = [];
    for (const page of this.pages) {
      const jpeg = new Uint8Array(await (await toJpeg(page, 0.85)).arrayBuffer());
      sheets.push({ jpeg, width: page.width, height: page.height });
    }
    // The phone's own time. It stands first: behind an Arabic word it would be read backwards.
    const now = new Date();
    const here = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
    const day = here.toISOString().slice(0, 16).replace("T", " ").replace(":", ".");
    if (await this.post(pdfOf(sheets), `${day} ${this.text("name")}.pdf`)) {
      this.pages.length = 0;
      this.draw();
      this.live.textContent = this.text("sent");
    }
    this.sendButton.disabled = false;
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
