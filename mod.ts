/**
 * What a program may import: rules and allowlists, the decision they lead to,
 * and marks as they stand on disk. All of it is pure: no files, no network, no
 * kernel.
 *
 * @example Would this allowlist let that file run?
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, parseAllowlist } from "./mod.ts";
 *
 * const text = new TextEncoder().encode("target_folder=/opt/app/*;creator_comm=curl\n");
 * const { rules, errors } = parseAllowlist(text);
 * assertEquals(errors, []);
 * const { verdict } = evaluate(rules, {
 *   target: "/opt/app/bin/tool",
 *   landingFolder: "/opt/app/bin/",
 *   landingName: "tool",
 *   creatorProcess: "/usr/bin/curl",
 *   creatorComm: "curl",
 *   creatorUid: 0,
 *   writerProcess: "/usr/bin/curl",
 *   writerUid: 0,
 *   zone: "internet",
 *   sha256: null,
 *   executionUid: 1000,
 *   now: Date.now() / 1000,
 * });
 * assertEquals(verdict, "allow");
 * ```
 *
 * @module
 */

export {
  bytesToByteString,
  type ByteString,
  byteStringToBytes,
  decodeText,
  displayText,
  quoteValue,
  textToByteString,
} from "./src/policy/bytes.ts";
export {
  compile,
  type CompileContext,
  type CompiledPolicy,
  CompileError,
  MAX_SHAPES,
} from "./src/policy/compile.ts";
export {
  type Dim,
  DIM_NAMES,
  type DimKind,
  type DimName,
  DIMS,
  parseDims,
} from "./src/policy/dims.ts";
export {
  type CompiledDecision,
  type Decision,
  evaluate,
  evaluateCompiled,
  type HashedFacts,
  hashFacts,
  type NearMiss,
  type Verdict,
} from "./src/policy/evaluate.ts";
export type { Facts } from "./src/policy/facts.ts";
export { type LintCode, type LintOptions, lintRules, type LintWarning } from "./src/policy/lint.ts";
export {
  type Findings,
  parseAllowlist,
  type ParsedAllowlist,
  type ParseOptions,
  readAllowlist,
} from "./src/policy/parse.ts";
export { printConditions, printFolder, printRule } from "./src/policy/print.ts";
export { narrowestRule, ruleForDims } from "./src/policy/propose.ts";
export {
  type Conditions,
  expiryTime,
  type Finding,
  type FolderPattern,
  isExpired,
  type Rule,
} from "./src/policy/rule.ts";
export { type PackedRule, RULE_DENY, RuleKey, RuleTable } from "./src/policy/rule_table.ts";
export type { SlotContext } from "./src/policy/slots.ts";
export { assignZones, BUILTIN_ZONES } from "./src/policy/zones.ts";

export {
  type DecodedMark,
  decodeMark,
  encodeMark,
  MARK_SIZE,
  MARK_XATTR,
  type MarkValue,
} from "./src/marks/mark_codec.ts";
export { PathHasher } from "./src/marks/path_hash.ts";
export { MARK_DERIVED, MARK_UNKNOWN_ORIGIN } from "./src/marks/records.ts";
export { siphash24, SipHasher } from "./src/marks/siphash.ts";
