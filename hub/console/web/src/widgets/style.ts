// The look of the widgets. Pages that embed them set --katydid-… on the element or above it.
export const style = `
:host {
  --text: var(--katydid-text, #1c2127); --faint: var(--katydid-faint, #59636e);
  --line: var(--katydid-line, #d7dce1); --card: var(--katydid-background, #ffffff);
  --bar: var(--katydid-accent, #1f6f54); --track: var(--katydid-track, #e8ecef);
  --bad: var(--katydid-bad, #a52a1e);
  display: block; color: var(--text); background: var(--card);
  font: var(--katydid-font, 0.95rem/1.45 system-ui, sans-serif);
  border: 1px solid var(--line); border-radius: var(--katydid-radius, 10px); padding: 1rem;
  container-type: inline-size;
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) {
  :host(:not([theme="light"])) {
    --text: var(--katydid-text, #e7ebee); --faint: var(--katydid-faint, #9da7b1);
    --line: var(--katydid-line, #394149); --card: var(--katydid-background, #171b1f);
    --bar: var(--katydid-accent, #57c39b); --track: var(--katydid-track, #2a3138);
    --bad: var(--katydid-bad, #ff9a8d);
  }
}
:host([theme="dark"]) {
  --text: var(--katydid-text, #e7ebee); --faint: var(--katydid-faint, #9da7b1);
  --line: var(--katydid-line, #394149); --card: var(--katydid-background, #171b1f);
  --bar: var(--katydid-accent, #57c39b); --track: var(--katydid-track, #2a3138);
  --bad: var(--katydid-bad, #ff9a8d);
}
.grid { display: grid; gap: 1.2rem; grid-template-columns: minmax(0, 1fr); }
@container (min-width: 560px) { .grid { grid-template-columns: repeat(3, minmax(0, 1fr)); } .wide { grid-column: 1 / -1; } }
p { margin: 0.3rem 0; } .title { font-size: 0.9rem; font-weight: 600; margin: 0 0 0.35rem; color: var(--faint); } .faint { color: var(--faint); font-size: 0.87rem; }
.figure { font-size: 1.5rem; font-weight: 650; margin: 0; font-variant-numeric: tabular-nums; }
.note { border-left: 4px solid var(--faint); padding-left: 0.6rem; margin: 0 0 0.8rem; }
.bad { color: var(--bad); }
svg { display: block; width: 100%; }
.bar { fill: var(--bar); } .track { fill: var(--track); } .axis { stroke: var(--line); }
.hatch path { stroke: var(--bar); stroke-width: 3; } .outline { fill: none; stroke: var(--bar); stroke-width: 1.5; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 0.2rem 0.6rem; margin: 0; align-items: center; }
dl > div { display: contents; } dt { color: var(--faint); } dd { margin: 0; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.2rem 0.4rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
.scroll { max-height: 16rem; overflow: auto; }
summary, button { cursor: pointer; font: inherit; color: inherit; }
summary { font-size: 0.87rem; }
button { background: none; border: 1px solid var(--line); border-radius: 7px; padding: 0.3rem 0.8rem; }
:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
`;
