/** Three cuts through a volume (MPR), linked by crosshairs. */
import { type Types, volumeLoader } from "@cornerstonejs/core";
import { make } from "../shared/dom";
import { annotation, cache, close, crossPlanes, type Direction, engine, openPlane, setPlanesHand, type VolumeViewport } from "./engine";
import { letters } from "./metadata";
import type { Say } from "./texts";
import type { Window } from "./windows";

const DIRECTIONS: Direction[] = ["axial", "sagittal", "coronal"];
let made = 0;

export class Planes {
  readonly element = make("div", "viewer-planes");
  private readonly ids: string[] = [];
  private readonly volume: string;

  private constructor(private readonly say: Say, number: number) {
    this.volume = `cornerstoneStreamingImageVolume:planes-${number}`;
  }

  /** All images must have been loaded before: a missing one would be a hole. */
  static async open(place: HTMLElement, imageIds: string[], window: Window, at: number[] | undefined, say: Say): Promise<Planes> {
    const planes = new Planes(say, ++made);
    place.append(planes.element);
    const volume = await volumeLoader.createAndCacheVolume(planes.volume, { imageIds });
    (volume as unknown as { load(): void }).load();
    for (const direction of DIRECTIONS) {
      const id = `planes-${made}-${direction}`;
      const screen = make("div", "viewer-plane");
      const line = make("p", "viewer-plane-line");
      screen.addEventListener("contextmenu", (event) => event.preventDefault());
      const cell = make("div", "viewer-plane-cell");
      cell.append(line, screen);
      planes.element.append(cell);
      planes.ids.push(id);
      const viewport = openPlane(screen, id, direction);
      await viewport.setVolumes([{ volumeId: planes.volume }]);
      screen.addEventListener("CORNERSTONE_CAMERA_MODIFIED", () => planes.tell(viewport, line, direction));
      planes.tell(viewport, line, direction);
    }
    crossPlanes(planes.ids);
    setPlanesHand("cross");
    planes.apply(window);
    for (const viewport of at ? planes.viewports : []) planes.jump(viewport, at!);
    planes.redraw();
    return planes;
  }

  redraw(): void {
    engine().renderViewports(this.ids);
  }

  private jump(viewport: VolumeViewport, at: number[]): void {
    const { focalPoint, position, viewPlaneNormal } = viewport.getCamera();
    const away = viewPlaneNormal!.reduce((sum, value, index) => sum + value * (at[index]! - focalPoint![index]!), 0);
    const moved = (point: Types.Point3) =>
      point.map((value, index) => value + viewPlaneNormal![index]! * away) as Types.Point3;
    viewport.setCamera({ focalPoint: moved(focalPoint!), position: moved(position!) });
  }

  get viewports(): VolumeViewport[] {
    return this.ids.map((id) => engine().getViewport(id) as VolumeViewport);
  }

  apply({ center, width }: Window): void {
    for (const viewport of this.viewports) {
      viewport.setProperties({ voiRange: { lower: center - width / 2, upper: center + width / 2 } });
      viewport.render();
    }
  }

  invert(on: boolean): void {
    for (const viewport of this.viewports) {
      viewport.setProperties({ invert: on });
      viewport.render();
    }
  }

  reset(): void {
    for (const viewport of this.viewports) {
      viewport.resetCamera();
      viewport.render();
    }
  }

  private tell(viewport: VolumeViewport, line: HTMLElement, direction: Direction): void {
    const from = viewport.canvasToWorld([0, 0]);
    const towards = (to: Types.Point3) => {
      const way = from.map((value, index) => value - to[index]!);
      const length = Math.hypot(...way) || 1;
      return letters(way.map((value) => value / length));
    };
    const { clientWidth, clientHeight } = viewport.element;
    const left = towards(viewport.canvasToWorld([clientWidth, 0]));
    const top = towards(viewport.canvasToWorld([0, clientHeight]));
    line.textContent = `${this.say(direction)} · ← ${left} · ↑ ${top}`;
  }

  /** What was measured on these cuts ends with them. */
  private forget(): void {
    for (const each of annotation.state.getAllAnnotations()) {
      const { volumeId } = each.metadata as { volumeId?: string };
      if (volumeId === this.volume) annotation.state.removeAnnotation(each.annotationUID!);
    }
  }

  shut(): void {
    this.forget();
    close(this.ids);
    cache.removeVolumeLoadObject(this.volume);
    this.element.remove();
  }
}
