/** Measurements that stay: saved with the case as they are made, shown again on their images. */
import { make } from "../shared/dom";
import { annotation, eventTarget, type Hand, HANDS, MEASURING, ToolEnums } from "./engine";
import { assumed, toPixels, toWorld } from "./geometry";
import { frameOf } from "./loader";
import { sentences, type Values } from "./measures";
import { numbers } from "./metadata";
import type { Note } from "./note";
import type { Pane } from "./pane";
import type { Look } from "./places";
import type { Row } from "./series";
import type { Say } from "./texts";

interface Kept extends Look {
  id: string;
  tool: Hand;
  points: [number, number][];
  values: Values;
  author: string;
  mine: boolean;
}

interface Drawn {
  annotationUID: string;
  invalidated?: boolean; // what it tells is to be reckoned anew
  metadata: { toolName: string; referencedImageId?: string; volumeId?: string };
  data: { handles: { points: number[][] } };
}

/** What the server answers: what it keeps, or why it never will; nothing where it was not reached. */
type Answer = { kept: Kept } | { refused: string } | undefined;

const TRIED_AGAIN = [401, 403, 408, 429]; // signed out, too slow or too much: it may go another time
const SETTLED = 500; // ms after the last change
const AGAIN = 5000; // ms until what failed is tried again
const { Events } = ToolEnums;
const TOOL_OF = Object.fromEntries(Object.entries(HANDS).map(([hand, tool]) => [tool, hand])) as Record<string, Hand>;

export class Marks {
  readonly element = make("details", "viewer-marks");
  private readonly list = make("ol");
  private readonly title = make("summary");
  private readonly kept = new Map<string, Kept>();
  private readonly unsaved = new Map<string, Drawn>();
  private timer = 0;
  private saving: Promise<void> = Promise.resolve();
  private quiet = false;
  private readonly numbers = new Map<string, string>(); // of measurements: which image of its series

  constructor(
    private readonly url: string,
    private readonly csrf: string,
    private readonly say: Say,
    private readonly panes: () => Pane[],
    private readonly rows: Row[],
    private readonly show: (look: Look) => Promise<void>,
    private readonly note: Note,
  ) {
    this.element.append(this.title, this.list);
    this.element.addEventListener("toggle", () => this.element.scrollIntoView({ block: "nearest" }));
    const changed = (event: Event) => {
      const drawn = (event as CustomEvent<{ annotation: Drawn }>).detail.annotation;
      if (!MEASURING.includes(drawn.metadata.toolName) || this.quiet) return;
      if (drawn.metadata.volumeId) {
        if (event.type === Events.ANNOTATION_COMPLETED) this.note.tell(this.say("marks_on_planes"));
        return;
      }
      if (event.type === Events.ANNOTATION_MODIFIED && !this.kept.has(drawn.annotationUID)) return;
      if (this.kept.get(drawn.annotationUID)?.mine === false || !this.moved(drawn)) return;
      this.unsaved.set(drawn.annotationUID, drawn);
      this.later(SETTLED);
    };
    eventTarget.addEventListener(Events.ANNOTATION_COMPLETED, changed);
    eventTarget.addEventListener(Events.ANNOTATION_MODIFIED, changed);
    addEventListener("beforeunload", (event) => {
      if (this.unsaved.size) event.preventDefault();
    });
    this.draw();
  }

  async load(): Promise<void> {
    const answer = await fetch(this.url, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`marks: ${answer.status}`);
    for (const each of ((await answer.json()) as { measurements: Kept[] }).measurements) this.kept.set(each.id, each);
    this.draw();
    for (const pane of this.panes()) this.hydrate(pane);
  }

  /** Puts what was measured before onto the images of a pane. */
  hydrate(pane: Pane): void {
    if (!pane.row || !pane.ready) return;
    this.quiet = true;
    for (const kept of this.kept.values()) {
      if (kept.series !== pane.row.series) continue;
      const at = pane.indexOf(kept);
      const frame = pane.frames[at];
      if (!frame) continue;
      this.numbers.set(kept.id, this.say("image", { n: at + 1, m: pane.frames.length }));
      if (annotation.state.getAnnotation(kept.id)) continue;
      const plane = assumed(frame.metadata, frame.frame);
      annotation.state.addAnnotation(
        {
          annotationUID: kept.id,
          highlighted: false,
          invalidated: true,
          isLocked: !kept.mine,
          isVisible: true,
          metadata: {
            toolName: HANDS[kept.tool],
            referencedImageId: frame.imageId,
            FrameOfReferenceUID: pane.frameOfReference,
            viewPlaneNormal: plane.normal,
          },
          data: {
            handles: {
              points: kept.points.map((point) => toWorld(plane, point)),
              activeHandleIndex: null,
              textBox: { hasMoved: false, worldPosition: [0, 0, 0], worldBoundingBox: {} },
            },
            cachedStats: {},
          },
        } as never,
        pane.screen as never,
      );
    }
    this.quiet = false;
    pane.redraw();
    this.draw();
  }

  /** Removes what is selected on the pictures, where it is the reader's own. */
  removeSelected(): void {
    for (const uid of [...annotation.selection.getAnnotationsSelected()]) void this.remove(uid);
  }

  /** Waits until everything has been saved. */
  async flush(): Promise<void> {
    window.clearTimeout(this.timer);
    this.saving = this.saving.then(() => this.save());
    await this.saving;
    if (this.unsaved.size) throw new Error("measurements are not saved");
  }

  private later(wait: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.saving = this.saving.then(() => this.save());
    }, wait);
  }

  private pointsOf(drawn: Drawn): { imageId: string; points: [number, number][] } | undefined {
    const imageId = drawn.metadata.referencedImageId;
    const frame = imageId ? frameOf(imageId) : undefined;
    if (!imageId || !frame) return undefined;
    const plane = assumed(frame.metadata, frame.frame);
    return { imageId, points: drawn.data.handles.points.map((point) => toPixels(plane, point)) };
  }

  private moved(drawn: Drawn): boolean {
    const before = this.kept.get(drawn.annotationUID)?.points;
    const now = this.pointsOf(drawn)?.points;
    if (!now) return false;
    return !before || now.some((point, index) => point.some((value, axis) => Math.abs(value - before[index]![axis]!) > 0.01));
  }

  /** Saves what waits: what is refused keeps nothing else from being saved. */
  private async save(): Promise<void> {
    let failed = false;
    for (const [uid, drawn] of [...this.unsaved]) {
      const found = this.pointsOf(drawn);
      const place = found && /studies\/([^/]+)\/series\/([^/]+)\/instances\/([^/]+)\/frames\/(\d+)/.exec(found.imageId);
      if (!found || !place) continue;
      const [, study, series, instance, frame] = place as unknown as [string, string, string, string, string];
      const answer: Answer = this.within(found)
        ? await this.post(this.url, {
            id: uid, study, series, instance, frame, tool: TOOL_OF[drawn.metadata.toolName]!,
            points: JSON.stringify(found.points),
          })
        : { refused: this.say("marks_beyond") };
      if (!answer) failed = true;
      else if ("refused" in answer) this.refuse(uid, drawn, answer.refused);
      else {
        this.kept.set(uid, answer.kept);
        if (!this.moved(drawn)) this.unsaved.delete(uid);
        this.note.tell(this.say("marks_saved"));
        for (const pane of this.panes()) this.hydrate(pane);
      }
    }
    if (!failed) return;
    this.note.tell(this.say("marks_failed"));
    this.later(AGAIN);
  }

  /** Whether all points lie on the image; beyond it nothing was imaged. The server asks the same. */
  private within({ imageId, points }: { imageId: string; points: [number, number][] }): boolean {
    const { metadata } = frameOf(imageId)!;
    const most = [numbers(metadata, "00280011")[0] ?? 0, numbers(metadata, "00280010")[0] ?? 0];
    return points.every((point) => point.every((value, axis) => value >= 0 && value <= most[axis]!));
  }

  /** What is not kept does not stay as if it were: it goes, or back to where it was kept. */
  private refuse(uid: string, drawn: Drawn, why: string): void {
    this.unsaved.delete(uid);
    const kept = this.kept.get(uid);
    const frame = frameOf(drawn.metadata.referencedImageId!)!;
    if (kept) {
      const plane = assumed(frame.metadata, frame.frame);
      drawn.data.handles.points = kept.points.map((point) => toWorld(plane, point));
      drawn.invalidated = true;
    } else annotation.state.removeAnnotation(uid);
    this.note.tell(`${why} ${this.say(kept ? "marks_put_back" : "marks_taken_off")}`);
    for (const pane of this.panes()) pane.redraw();
  }

  private async post(url: string, values: Record<string, string>): Promise<Answer> {
    try {
      const answer = await fetch(url, {
        method: "POST",
        body: new URLSearchParams({ csrfmiddlewaretoken: this.csrf, ...values }),
        credentials: "same-origin",
        headers: { Accept: "application/json" },
      });
      const { status } = answer;
      if (answer.ok) return { kept: (await answer.json()) as Kept };
      if (status < 400 || status >= 500 || TRIED_AGAIN.includes(status)) return undefined;
      const told = (await answer.json().catch(() => ({}))) as { message?: string };
      return { refused: told.message ?? this.say("marks_refused") };
    } catch {
      return undefined;
    }
  }

  private async remove(uid: string): Promise<void> {
    const kept = this.kept.get(uid);
    this.unsaved.delete(uid);
    if (kept && !kept.mine) return;
    const answer = kept && (await this.post(`${this.url}${uid}/remove/`, {}));
    if (kept && (!answer || "refused" in answer)) {
      this.note.tell(this.say("not_removed"));
      return;
    }
    this.kept.delete(uid);
    annotation.state.removeAnnotation(uid);
    for (const pane of this.panes()) pane.redraw();
    this.draw();
    if (kept) this.note.removed(() => void this.restore(kept));
  }

  private async restore(kept: Kept): Promise<void> {
    const { id, study, series, instance, frame, tool, points } = kept;
    const values = { id, study, series, instance, frame: String(frame), tool, points: JSON.stringify(points) };
    const answer = await this.post(this.url, values);
    if (!answer) {
      this.note.removed(() => void this.restore(kept)); // the way back stays open
      return;
    }
    if ("refused" in answer) {
      this.note.tell(answer.refused);
      return;
    }
    this.kept.set(id, answer.kept);
    this.note.tell(this.say("restored"));
    this.draw();
    for (const pane of this.panes()) this.hydrate(pane);
  }

  /** Goes to a measurement and chooses it: the keys work on it. */
  private async go(kept: Kept): Promise<void> {
    await this.show(kept);
    annotation.selection.setAnnotationSelected(kept.id, true, false);
    for (const pane of this.panes()) pane.redraw();
  }

  private named(kept: Kept): string {
    const label = this.rows.find(({ series }) => series === kept.series)?.label ?? "";
    const parts = [this.say(`mark_${kept.tool}`), ...sentences(kept.values, this.say), label, this.numbers.get(kept.id)];
    return parts.filter(Boolean).join(" · ");
  }

  private draw(): void {
    this.title.textContent = this.say("marks", { n: this.kept.size });
    this.list.replaceChildren(
      ...[...this.kept.values()].map((kept) => {
        const item = make("li");
        const go = make("button", "viewer-link", this.named(kept));
        go.type = "button";
        go.addEventListener("click", () => void this.go(kept));
        item.append(go);
        if (kept.mine) {
          const away = make("button", "viewer-link", this.say("remove"));
          away.type = "button";
          away.addEventListener("click", () => void this.remove(kept.id));
          item.append(" ", away);
        } else item.append(" ", make("bdi", "", kept.author));
        return item;
      }),
    );
    this.element.hidden = !this.kept.size;
    this.element.closest<HTMLElement>("[data-viewer]")?.setAttribute("data-marks", String(this.kept.size));
  }
}
