// The bytes that structure RESP.
export const CR = 13
export const PLUS = 43
export const MINUS = 45
export const COLON = 58
export const DOLLAR = 36
export const STAR = 42
export const UNDERSCORE = 95
export const COMMA = 44
export const HASH = 35
export const BANG = 33
export const EQUALS = 61
export const PAREN = 40
export const PERCENT = 37
export const TILDE = 126
export const PIPE = 124
export const GREATER = 62
export const ZERO = 48
