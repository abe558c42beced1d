// Written by `python -m anlan.ui.palette`; do not edit.
export const LEVELS = {
  blue: { code: "blue", grade: 4, roman: "Ⅳ", zh: "蓝色", en: "Blue", ground: "#1f6feb", ink: "#ffffff", shape: "circle" },
  yellow: { code: "yellow", grade: 3, roman: "Ⅲ", zh: "黄色", en: "Yellow", ground: "#f2c200", ink: "#1d1a05", shape: "square" },
  orange: { code: "orange", grade: 2, roman: "Ⅱ", zh: "橙色", en: "Orange", ground: "#f07d00", ink: "#1c1003", shape: "triangle" },
  red: { code: "red", grade: 1, roman: "Ⅰ", zh: "红色", en: "Red", ground: "#c9190b", ink: "#ffffff", shape: "octagon" },
} as const;

export const STATES = {
  idle: { code: "idle", sign: "待", zh: "未叫", en: "Not called", look: "plain" },
  calling: { code: "calling", sign: "叫", zh: "叫应中", en: "Calling", look: "dashed" },
  answered: { code: "answered", sign: "应", zh: "已应", en: "Answered", look: "frame" },
  prepare: { code: "prepare", sign: "备", zh: "准备转移", en: "Prepare", look: "plain" },
  moving: { code: "moving", sign: "转", zh: "转移中", en: "Moving", look: "arrow" },
  moved: { code: "moved", sign: "毕", zh: "已转移", en: "Moved", look: "solid" },
  silent: { code: "silent", sign: "静", zh: "静默", en: "Silent", look: "hatched" },
  help: { code: "help", sign: "援", zh: "求援", en: "Needs help", look: "diamond" },
  lost: { code: "lost", sign: "失", zh: "失联", en: "Contact lost", look: "ink" },
  refused: { code: "refused", sign: "拒", zh: "不肯走", en: "Refuses", look: "diamond" },
  unknown: { code: "unknown", sign: "？", zh: "未知", en: "Unknown", look: "hatched" },
} as const;
