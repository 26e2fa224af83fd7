// Times, durations and sizes for people. Pure, apart from the locale and zone of the browser.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const count = new Intl.NumberFormat(undefined);

/** "14:03:21" today, with the date before it on another day. */
export function formatTime(time: string, now = new Date()): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const isToday = at.toDateString() === now.toDateString();
  return isToday ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
}

/** "12 s ago", "in 3 min". */
export function formatDistance(time: string, now = Date.now()): string {
  const distance = new Date(time).getTime() - now;
  const text = formatDuration(Math.abs(distance));
  return distance > 0 ? `in ${text}` : `${text} ago`;
}

/** One unit: "340 ms", "2.4 s", "12 min", "3 h", "2 d". */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** Microseconds: "37 µs", "4.1 ms", then as formatDuration. */
export function formatSteps(us: number): string {
  if (us < 1000) return `${us} µs`;
  return us < 100_000 ? `${(us / 1000).toFixed(1)} ms` : formatDuration(us / 1000);
}

/** "512 bytes", "1.2 KB", "3.4 MB": powers of 1000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

export const formatCount = (value: number): string => count.format(value);

/** "1 row", "12 rows". */
export const formatNumber = (value: number, [one, many]: readonly [string, string]): string =>
  `${formatCount(value)} ${value === 1 ? one : many}`;

export const formatPercent = (part: number): string => `${Math.floor(part * 100)} %`;

/** "dlv_01HQ…7F3K": enough to tell two apart; the whole id is in the title and in the copy. */
export function shortId(id: string): string {
  const [prefix = "", rest = ""] = id.split("_", 2);
  return rest.length > 12 ? `${prefix}_${rest.slice(0, 4)}…${rest.slice(-6)}` : id;
}

/** What the range "24h" of a filter means as `since`, rounded so that a poll asks the same. */
export function sinceOf(range: string, now = Date.now()): string | undefined {
  const [, amount, unit] = /^(\d+)([mhd])$/.exec(range) ?? [];
  if (amount === undefined) return undefined;
  const ms = Number(amount) * (unit === "m" ? MINUTE : unit === "h" ? HOUR : DAY);
  return new Date(Math.floor((now - ms) / MINUTE) * MINUTE).toISOString();
}

/** As one line for a shell: within single quotes. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
