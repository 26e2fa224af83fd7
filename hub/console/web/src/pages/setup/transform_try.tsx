// A transform, tried on a recorded event while it is typed; presets to begin with.
import { useEffect, useState } from "preact/hooks";
import type { Event, TransformPreset, TransformTest } from "@v1";
import { get, post } from "../../api";
import { PayloadView } from "../../components/json_view";
import type { Mark } from "../../editor/types";
import { formatSteps } from "../../format";
import type { Texts } from "../../forms";
import { toApiError, useQuery, type Page } from "../../query";
import { question } from "../../question";
import { texts } from "../../texts";

const t = texts.transform;
const TYPING_MS = 350;

interface TransformTryProps {
  now: Texts;
  change: (pointer: string, text: string) => void;
  onMarks: (marks: Mark[]) => void;
}

export function TransformTry({ now, change, onMarks }: TransformTryProps) {
  const code = now["/transform/code"] ?? "";
  return (
    <div class="try">
      <Presets isEmpty={code.trim() === ""} change={change} />
      {code.trim() !== "" && <Preview now={now} onMarks={onMarks} />}
    </div>
  );
}

function Presets(props: { isEmpty: boolean; change: TransformTryProps["change"] }) {
  const { data } = useQuery("presets", (abort) =>
    get<{ data: TransformPreset[] }>("v1/transforms/presets", {}, abort),
  );
  const take = (name: string) => {
    const preset = data?.data.find((each) => each.name === name);
    if (!preset) return;
    const onYes = () => {
      props.change("/transform/language", preset.language);
      props.change("/transform/code", preset.code);
    };
    if (props.isEmpty) onYes();
    else question.value = { ...t.replace, onYes };
  };
  if (!data) return null;
  return (
    <label class="preset">
      <span>{t.preset}</span>
      <select value="" onChange={(event) => take(event.currentTarget.value)}>
        <option value="">{t.choose}</option>
        {data.data.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The events that it may be tried on: the latest of the types that the subscription wants. */
async function recorded(types: string, abort: AbortSignal): Promise<Event[]> {
  const [first = ""] = types.split("\n").map((each) => each.trim());
  const query = { limit: 20, type: first === "*" ? undefined : first };
  return (await get<Page<Event>>("v1/events", query, abort)).data;
}

function Preview({ now, onMarks }: Pick<TransformTryProps, "now" | "onMarks">) {
  const types = now["/event_types"] ?? "";
  const { data: events = [] } = useQuery(`tried on ${types}`, (abort) => recorded(types, abort));
  const [chosen, setChosen] = useState("");
  const [found, setFound] = useState<TransformTest>();
  const [fault, setFault] = useState("");
  const event = events.some(({ id }) => id === chosen) ? chosen : events[0]?.id;
  const code = now["/transform/code"] ?? "";
  const language = now["/transform/language"] || "javascript";
  const timeout = (now["/transform/timeout"] ?? "").trim();
  useEffect(() => {
    let isOld = false;
    const ask = async () => {
      const on = event ? { event } : { sample: { payload: {} } };
      const body = { language, code, ...on, ...(timeout === "" ? {} : { timeout }) };
      try {
        const answer = await post<TransformTest>("v1/transforms/test", body);
        if (isOld) return;
        setFault("");
        setFound(answer);
        onMarks(marksOf(answer));
      } catch (error) {
        if (!isOld) setFault(toApiError(error).message);
      }
    };
    const timer = setTimeout(() => void ask(), TYPING_MS);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [code, language, timeout, event]);
  return (
    <>
      {events.length > 0 && (
        <label class="preset">
          <span>{t.tried_on}</span>
          <select value={event} onChange={(change) => setChosen(change.currentTarget.value)}>
            {events.map(({ id, type }) => (
              <option key={id} value={id}>
                {type} {id}
              </option>
            ))}
          </select>
        </label>
      )}
      {fault && (
        <p class="fault" role="status">
          {fault}
        </p>
      )}
      {found && !fault && <Outcome found={found} />}
    </>
  );
}

/** Pure. */
export function marksOf({ error }: TransformTest): Mark[] {
  if (!error || error.line === null) return [];
  return [{ line: error.line, column: error.column ?? 1, message: error.message }];
}

function Outcome({ found: { output, error, ignored, duration_us } }: { found: TransformTest }) {
  if (error)
    return (
      <p class="fault" role="status">
        {error.message}
        {error.line !== null && ` (${t.line} ${error.line})`}
      </p>
    );
  const headers = Object.entries(output?.headers ?? {});
  return (
    <div role="status">
      {output?.cancel !== undefined ? (
        <p>
          <strong>{t.cancelled}</strong> {output.cancel}
        </p>
      ) : (
        <>
          {output?.payload !== undefined && (
            <>
              <p class="help">{t.output}</p>
              <PayloadView text={output.payload} label={t.output} />
            </>
          )}
          {output?.payload === undefined && <p>{t.unchanged}</p>}
          {output?.path !== undefined && (
            <p>
              {t.path} <code class="break">{output.path}</code>
            </p>
          )}
          {headers.map(([name, value]) => (
            <p key={name}>
              <code class="break">
                {name}: {value}
              </code>
            </p>
          ))}
        </>
      )}
      {ignored !== undefined && (
        <p class="fault">
          {t.ignored} <code class="break">{ignored.join(", ")}</code>
        </p>
      )}
      {duration_us !== undefined && (
        <p class="help">
          {t.took} {formatSteps(duration_us)}
        </p>
      )}
    </div>
  );
}
