// Light, dark, or as the system has it: the one thing that the console keeps in the browser.
import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const THEMES: Theme[] = ["system", "light", "dark"];
const KEPT_AS = "katydid.theme";

export const theme = signal<Theme>("system");

export function startTheme(): void {
  try {
    apply((localStorage.getItem(KEPT_AS) as Theme | null) ?? "system");
  } catch {
    // No storage: the system's colours.
  }
}

function apply(next: Theme): void {
  theme.value = THEMES.includes(next) ? next : "system";
  document.documentElement.dataset["theme"] = theme.value;
}

export function nextTheme(): void {
  apply(THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system");
  try {
    localStorage.setItem(KEPT_AS, theme.value);
  } catch {
    // It holds until the page is left.
  }
}
