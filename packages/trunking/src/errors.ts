/** Debugger codes that routing can give (contract §12, §5.2). The catalogue with causes and remedies grows beside it. */
export type ErrorCode =
  | 10001
  | 13224
  | 32001
  | 32006
  | 32010
  | 32011
  | 32014
  | 32015
  | 32022
  | 32101
  | 32102
  | 32103
  | 32200
  | 32201
  | 32202
  | 32204
  | 32206
  | 32209
  | 32210;
