/** What a measurement says: length, angle, area and values, and whether they are calibrated. */
import { metaData, utilities } from "@cornerstonejs/core";
import { type AnnotationData, cache, HANDS, type Lines } from "./engine";
import type { Say } from "./texts";

/** What the server has measured on the original pixels, beside what the browser shows. */
export interface Values {
  length?: number;
  angle?: number;
  area?: number;
  mean?: number;
  deviation?: number;
  least?: number;
  most?: number;
  value?: number;
  unit?: string; // mm, cm or px; of an area its square
  value_unit?: string; // HU, or empty where values have no known unit
}

const number = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1));

/** The words for what was measured, the same on the picture and in the list. */
export function sentences(values: Values, say: Say): string[] {
  const { unit = "px" } = values;
  const uncalibrated = unit === "px" ? ` (${say("uncalibrated")})` : "";
  const inUnit = (value: number) => `${number(value)}${values.value_unit ? ` ${values.value_unit}` : ""}`;
  const told: string[] = [];
  if (values.length !== undefined) told.push(`${number(values.length)} ${unit}${uncalibrated}`);
  if (values.angle !== undefined) told.push(`${values.angle.toFixed(1)}°`);
  if (values.area !== undefined) told.push(`${say("area")} ${number(values.area)} ${unit}²${uncalibrated}`);
  if (values.mean !== undefined) {
    told.push(`${say("mean")} ${inUnit(values.mean)} ± ${number(values.deviation ?? 0)}`);
    told.push(`${say("range")} ${number(values.least ?? 0)} … ${inUnit(values.most ?? 0)}`);
  }
  if (values.value !== undefined) told.push(inUnit(values.value));
  if ((values.mean ?? values.value) !== undefined && !values.value_unit) told.push(say("no_unit"));
  return told;
}

/** Hounsfield units only where a CT says how its values become them (PS3.3 C.11.1). */
export function valueUnit(imageId: string): string {
  const series = metaData.get("generalSeriesModule", imageId) as { modality?: string } | undefined;
  const scale = metaData.get("modalityLutModule", imageId) as
    | { rescaleSlope?: number; rescaleType?: string }
    | undefined;
  if (series?.modality !== "CT" || scale?.rescaleSlope === undefined) return "";
  return !scale.rescaleType || scale.rescaleType === "HU" ? "HU" : "";
}

const finite = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

/** The lines beside a measurement on the picture. */
export function linesFor(say: Say): Lines {
  return (tool: string, data: AnnotationData, target: string) => {
    const stats = data.cachedStats[target];
    if (!stats) return undefined;
    const volume = target.startsWith("volumeId:") ? cache.getVolume(utilities.getVolumeId(target)) : undefined;
    const imageId = volume?.imageIds[0] ?? target.replace(/^imageId:/, "");
    const unit = String(stats.unit ?? stats.areaUnit ?? "px").split(" ")[0]!.replace("²", "");
    const values: Values = { unit, value_unit: valueUnit(imageId) };
    if (tool === HANDS.length) values.length = finite(stats.length);
    else if (tool === HANDS.angle) values.angle = finite(stats.angle);
    else if (tool === HANDS.probe) values.value = finite(stats.value);
    else {
      values.area = finite(stats.area);
      values.mean = finite(stats.mean);
      values.deviation = finite(stats.stdDev);
      values.least = finite(stats.min);
      values.most = finite(stats.max);
    }
    // Beside a point stands its value alone, or the line would leave the picture: the list says the rest.
    const told = sentences(values, say).slice(0, tool === HANDS.probe ? 1 : undefined);
    // The tools measure nothing of an area that is not wholly inside: that is said, not left blank.
    return told.length || stats.Modality == null ? told : [say("outside")];
  };
}
