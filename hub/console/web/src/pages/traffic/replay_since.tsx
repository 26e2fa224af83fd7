// What a subscription got since a time, again.
import { useState } from "preact/hooks";
import type { ReplayJob } from "@v1";
import { post } from "../../api";
import { Dialog } from "../../components/dialog";
import { attempt } from "../../components/toast";
import { sinceOf } from "../../format";
import { texts } from "../../texts";
import { FollowJob, hasEnded } from "./bulk_retry";

const t = texts.subscriptions;
const STATES = ["dead", "cancelled", "delivered", "scheduled"];

export function ReplaySince({ id, onClose }: { id: string; onClose: () => void }) {
  const [range, setRange] = useState("1h");
  const [states, setStates] = useState(["dead"]);
  const [job, setJob] = useState<ReplayJob>();
  const start = () => {
    const body = { states, since: sinceOf(range) };
    return attempt(async () =>
      setJob(await post<ReplayJob>(`v1/subscriptions/${id}/replay`, body)),
    );
  };
  const toggle = (state: string) =>
    setStates(
      states.includes(state) ? states.filter((each) => each !== state) : [...states, state],
    );
  const foot = job ? (
    <button onClick={onClose}>{hasEnded(job) ? texts.common.close : texts.bulk.hide}</button>
  ) : (
    <>
      <button onClick={onClose}>{texts.common.cancel}</button>
      <button class="primary" disabled={states.length === 0} onClick={start}>
        {texts.events.replay}
      </button>
    </>
  );
  return (
    <Dialog title={t.replay} onClose={onClose} foot={foot}>
      {job ? (
        <FollowJob job={job} onChange={setJob} />
      ) : (
        <>
          <p>{t.replay_lead}</p>
          <div class="field">
            <label for="since">{t.since}</label>
            <select
              id="since"
              value={range}
              onChange={(event) => setRange(event.currentTarget.value)}
            >
              {Object.entries(texts.ranges).map(([value, title]) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          </div>
          <fieldset class="checks">
            <legend>{t.states}</legend>
            {STATES.map((state) => (
              <label key={state}>
                <input
                  type="checkbox"
                  checked={states.includes(state)}
                  onChange={() => toggle(state)}
                />
                {texts.states[state]}
              </label>
            ))}
          </fieldset>
        </>
      )}
    </Dialog>
  );
}
