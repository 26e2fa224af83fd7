// What a check found, the worst first, each with what to do.
import type { CheckFinding } from "@v1";
import { State } from "../../components/bits";
import { texts } from "../../texts";

const ORDER = ["fault", "warning", "ok"];
const STATES: Record<string, string> = { fault: "dead", warning: "scheduled", ok: "delivered" };

/** Pure. */
export const worstFirst = (findings: CheckFinding[]): CheckFinding[] =>
  [...findings].sort((a, b) => ORDER.indexOf(a.weight) - ORDER.indexOf(b.weight));

export const FindingList = ({ findings }: { findings: CheckFinding[] }) => (
  <ul class="findings">
    {worstFirst(findings).map((each, index) => (
      <li key={index}>
        <State of={STATES[each.weight] ?? ""} text={texts.about.weights[each.weight] ?? ""} />
        <span class="faint">{each.check}</span>
        <div>
          <p>{each.what}</p>
          {each.hint && <p class="help">{each.hint}</p>}
        </div>
      </li>
    ))}
  </ul>
);
