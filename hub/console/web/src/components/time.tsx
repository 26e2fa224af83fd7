// A moment: local time, with UTC and the distance on hover.
import { formatDistance, formatTime } from "../format";

export function Time({ at, far = false }: { at: string | null | undefined; far?: boolean }) {
  if (!at) return <span class="faint">–</span>;
  const distance = formatDistance(at);
  return (
    <time
      dateTime={at}
      title={`${at.replace("T", " ").replace("Z", " UTC")} · ${formatTime(at)} · ${distance}`}
    >
      {far ? distance : formatTime(at)}
    </time>
  );
}
