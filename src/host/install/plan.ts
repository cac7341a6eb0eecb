/**
 * What a command about the installation is going to do, before it does it.
 *
 * @module
 */

import { ExitCode } from "../../cli/exit.ts";
import { UserError } from "../../errors.ts";
import { lackingOf, probeHost } from "../probe.ts";
import { exists, type Found, look, lstat, makeFolder, replaceFile } from "./files.ts";
import { rememberFolders } from "./made_folders.ts";
import { EXAMPLE_NAMES, type ExampleName, exampleText } from "./examples.ts";
import { CONFIG_FOLDER, examplePath, EXTRAS, SYSTEMD, UNIT, UNIT_NAME } from "./places.ts";
import { isUp, serviceState, systemctl } from "./systemd.ts";
import { allowlistTemplate, configTemplate } from "./templates.ts";
import { UNIT_HEADER, UNIT_TEXT } from "./unit.ts";
import { rulesFolder } from "../../daemon/rules_folder.ts";
import { STATE_FOLDER } from "../../daemon/state.ts";

/** The first allowlist of a host. */
export const ALLOWLIST = `${CONFIG_FOLDER}/allowlist`;

/** Files with more rules. */
const RULES_FOLDER = rulesFolder(ALLOWLIST);

/** One thing to do. */
export interface Step {
  /** What it does, as in "it will …". */
  text: string;
  /** Does it; without it, another step does this along with its own. */
  run?: () => Promise<void> | void;
  /** It says itself what it does. */
  speaks?: boolean;
}

/** Everything to do, in order. */
export interface Plan {
  steps: Step[];
  /** What the administrator should know, in sentences without a final period. */
  notes: string[];
  /** The exit code when all is done. */
  exit: number;
}

/** A file that belongs to an installation. */
export interface WantedFile {
  path: string;
  text: string;
  /** Whether `setup` may replace what is there. */
  replaces: (text: string) => boolean;
}

/** Texts that are made from the table of commands. */
export type Extras = Readonly<Record<keyof typeof EXTRAS, string>>;

/**
 * The files of an installation, without the program.
 *
 * @param extras Completions and manual page.
 * @param exists Whether a program is on this host.
 * @param template The example that the allowlist begins with.
 * @returns The files; the unit comes last.
 */
export function wantedFiles(
  extras: Extras,
  exists: (program: string) => boolean,
  template?: ExampleName,
): WantedFile[] {
  const never = () => false;
  const always = () => true;
  const names = Object.keys(EXTRAS) as (keyof typeof EXTRAS)[];
  return [
    { path: `${CONFIG_FOLDER}/config.toml`, text: configTemplate(), replaces: never },
    { path: ALLOWLIST, text: allowlistTemplate(exists, template), replaces: never },
    ...EXAMPLE_NAMES.map((name) => ({
      path: examplePath(name),
      text: exampleText(name),
      replaces: always,
    })),
    ...names.map((name) => ({ path: EXTRAS[name], text: extras[name], replaces: always })),
    { path: UNIT, text: UNIT_TEXT, replaces: (text) => text.startsWith(`${UNIT_HEADER}\n`) },
  ];
}

/**
 * Decides about one file.
 *
 * @param file The file.
 * @param found What is there.
 * @returns Whether it is to be written, and what is to be said about it.
 */
export function decide(file: WantedFile, found: Found): { write: boolean; note?: string } {
  if (found.kind === "nothing") return { write: true };
  if (found.kind === "other") {
    return { write: false, note: `${file.path} is not a regular file: it stays as it is` };
  }
  const text = new TextDecoder().decode(found.bytes);
  if (text === file.text) return { write: false };
  if (file.replaces(text)) return { write: true };
  // A configuration that was edited is the normal case, a unit that was is not.
  const note = `${file.path} was changed here: it stays as it is`;
  return file.path === UNIT ? { write: false, note } : { write: false };
}

/**
 * Everything that an installation needs besides the program.
 *
 * @param extras Completions and manual page.
 * @param template The example that the allowlist begins with, if there is none yet.
 * @returns What is missing.
 * @throws {UserError} When the unit is masked.
 */
export async function planFiles(extras: Extras, template?: ExampleName): Promise<Plan> {
  const plan: Plan = { steps: [], notes: [], exit: ExitCode.ok };
  if (!await lstat(STATE_FOLDER)) {
    plan.steps.push({
      text: `make ${STATE_FOLDER}`,
      run: () => {
        makeFolder(STATE_FOLDER);
        return Deno.chmod(STATE_FOLDER, 0o700);
      },
    });
  }
  if (!await lstat(RULES_FOLDER)) {
    plan.steps.push({ text: `make ${RULES_FOLDER}`, run: () => void makeFolder(RULES_FOLDER) });
  }
  const unit = await look(UNIT);
  if (unit.kind === "other") {
    throw new UserError("cannot set up linprov", `${UNIT} is not a regular file`, {
      exit: ExitCode.host,
      hint: `if it is masked: systemctl unmask ${UNIT_NAME}`,
    });
  }
  let unitChanges = false;
  for (const file of wantedFiles(extras, exists, template)) {
    const { write, note } = decide(file, await look(file.path));
    if (file.path === ALLOWLIST && template !== undefined && !write) {
      plan.notes.push(`${ALLOWLIST} stays as it is; the example is ${examplePath(template)}`);
    }
    if (note) plan.notes.push(note);
    if (!write) continue;
    unitChanges ||= file.path === UNIT;
    plan.steps.push({
      text: `write ${file.path}`,
      run: async () => rememberFolders(await replaceFile(file.path, file.text, 0o644)),
    });
  }
  await planService(plan, { isNew: unit.kind === "nothing", changes: unitChanges });
  return plan;
}

/** An administrator who stopped or disabled the service had a reason: only a new one is started. */
async function planService(
  plan: Plan,
  unit: { isNew: boolean; changes: boolean },
): Promise<void> {
  const booted = await lstat(SYSTEMD) !== null;
  const state = booted ? await serviceState() : undefined;
  if (booted && (unit.changes || state?.stale)) {
    plan.steps.push({ text: "have systemd read it", run: () => systemctl(["daemon-reload"]) });
  }
  if (unit.isNew) {
    plan.steps.push({
      text: `enable ${UNIT_NAME}: it starts at boot`,
      run: () => systemctl(["enable", "--quiet", UNIT_NAME]),
    });
    if (booted) planStart(plan);
    else plan.notes.push("systemd is not running here: linprov starts at the next boot");
    return;
  }
  if (!state) return;
  if (state.file !== "enabled") {
    plan.notes.push(`${UNIT_NAME} is ${state.file}; to have it: systemctl enable --now linprov`);
  } else if (!isUp(state)) {
    plan.notes.push(`${UNIT_NAME} is ${state.active}; to have it: systemctl start linprov`);
  }
}

function planStart(plan: Plan): void {
  // What can't be told from here is no reason not to try.
  const lacking = lackingOf(probeHost()).filter(({ state }) => state === "unsupported");
  if (lacking.length === 0) {
    plan.steps.push({ text: `start ${UNIT_NAME}`, run: () => systemctl(["start", UNIT_NAME]) });
    return;
  }
  const names = lacking.map(({ name }) => name).join(", ");
  plan.notes.push(`linprov can't work on this host yet (${names}), see: linprov doctor`);
  plan.notes.push("when that is done: systemctl start linprov");
  plan.exit = ExitCode.host;
}
