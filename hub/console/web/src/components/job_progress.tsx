// How far a job is, and the buttons to hold or stop it.
import type { ReplayJob } from "@v1";
import { post } from "../api";
import { formatCount, formatPercent } from "../format";
import { may } from "../session";
import { texts } from "../texts";
import { State } from "./bits";
import { attempt } from "./toast";

export function JobProgress({
  job,
  onChange,
}: {
  job: ReplayJob;
  onChange: (job: ReplayJob) => void;
}) {
  const hasEnded = job.status === "completed" || job.status === "cancelled";
  const call = (what: string) =>
    attempt(async () => onChange(await post<ReplayJob>(`v1/replay-jobs/${job.id}/${what}`)));
  return (
    <div class="job">
      <div class="row">
        <State of={job.status} />
        <progress
          max={1}
          value={job.status === "completed" ? 1 : job.progress}
          aria-label={texts.jobs.progress}
        />
        <span>{formatPercent(job.status === "completed" ? 1 : job.progress)}</span>
      </div>
      <p aria-live="polite">
        {formatCount(job.done)} {texts.bulk.done}
        {job.skipped > 0 && `, ${formatCount(job.skipped)} ${texts.bulk.skipped}`}
      </p>
      {job.error && <p class="fault">{job.error}</p>}
      {!hasEnded && may("events:write") && (
        <div class="actions">
          {job.status === "paused" ? (
            <button class="small" onClick={() => call("resume")}>
              {texts.jobs.resume}
            </button>
          ) : (
            <button class="small" onClick={() => call("pause")}>
              {texts.jobs.pause}
            </button>
          )}
          <button class="small" onClick={() => call("cancel")}>
            {texts.jobs.cancel}
          </button>
        </div>
      )}
    </div>
  );
}
