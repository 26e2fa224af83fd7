// The bytes of an event: JSON as a tree, other text as it is, the rest as hexadecimal.
import { send } from "../../api";
import { Failure, Loading } from "../../components/bits";
import { PayloadView } from "../../components/json_view";
import { useQuery } from "../../query";
import { texts } from "../../texts";

const SHOWN_BYTES_MAX = 2_000_000;
const HEX_BYTES_MAX = 4_096;

/** Strict UTF-8, or undefined. \param isCut  whether it may end within a character */
export function readText(bytes: Uint8Array, isCut = false): string | undefined {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return decoder.decode(bytes, { stream: isCut });
  } catch {
    return undefined;
  }
}

/** Rows of 16 bytes: offset, hexadecimal, what is printable. Pure. */
export function hexRows(bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, HEX_BYTES_MAX); at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const hex = row.map((each) => each.toString(16).padStart(2, "0")).join(" ");
    const text = row
      .map((each) => (each > 31 && each < 127 ? String.fromCharCode(each) : "."))
      .join("");
    rows.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(47)}  ${text}`);
  }
  return rows.join("\n");
}

export const loadPayload = async (id: string, abort?: AbortSignal): Promise<Uint8Array> =>
  (await send(`v1/events/${id}/payload`, { signal: abort })).bytes();

export function Bytes({ bytes, label }: { bytes: Uint8Array; label: string }) {
  const isCut = bytes.length > SHOWN_BYTES_MAX;
  const text = readText(bytes.subarray(0, SHOWN_BYTES_MAX), isCut);
  return (
    <>
      {(isCut || (text === undefined && bytes.length > HEX_BYTES_MAX)) && (
        <p class="faint">{texts.events.too_large}</p>
      )}
      {text === undefined ? (
        <>
          <p class="faint">{texts.events.binary}</p>
          <pre tabIndex={0} aria-label={label}>
            {hexRows(bytes)}
          </pre>
        </>
      ) : (
        <PayloadView text={text} label={label} />
      )}
    </>
  );
}

export function EventPayload({ id }: { id: string }) {
  const asked = useQuery(id, (abort) => loadPayload(id, abort));
  if (asked.error) return <Failure error={asked.error} again={asked.reload} />;
  if (!asked.data) return <Loading />;
  return <Bytes bytes={asked.data} label={texts.events.payload} />;
}
