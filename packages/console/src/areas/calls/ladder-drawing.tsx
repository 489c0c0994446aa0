import type { KeyboardEvent } from "react";
import { useTexts } from "../../i18n/language.tsx";
import type { Ladder } from "./ladder.types.ts";
import {
  type Arrow,
  type Drawing,
  HEAD,
  keyOf,
  labelOf,
  layOut,
  PLATFORM,
  ROW,
  secondsOf,
  TIME_WIDTH,
} from "./ladder-layout.ts";
import { ladderTexts } from "./ladder-texts.ts";
import "./ladder.css";

type DrawingProps = {
  readonly ladder: Ladder;
  /** Index of the message that is shown. */
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
};

/** A ladder as a picture. Every message is a button: the arrow keys walk through them. */
export function LadderDrawing({ ladder, selected, onSelect }: DrawingProps) {
  const t = useTexts(ladderTexts);
  const drawing = layOut(ladder);
  return (
    <div className="ladder">
      {/* biome-ignore lint/a11y/useSemanticElements: there is no fieldset in SVG */}
      <svg width={drawing.width} height={drawing.height} role="group" aria-label={t.title} onKeyDown={walk}>
        {drawing.lanes.map((lane) => (
          <g key={lane.key}>
            <line className="lane" x1={lane.x} x2={lane.x} y1={HEAD - 8} y2={drawing.height} />
            <LaneHead ladder={ladder} laneKey={lane.key} x={lane.x} />
          </g>
        ))}
        {drawing.arrows.map((arrow) => (
          <Message
            key={arrow.message.index}
            arrow={arrow}
            drawing={drawing}
            isSelected={arrow.message.index === selected}
            onSelect={onSelect}
          />
        ))}
      </svg>
    </div>
  );
}

/** Down and up go to the next and the last message, as in a list. */
function walk(event: KeyboardEvent<SVGSVGElement>): void {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" } as const;
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const next = document.activeElement?.[step[event.key]];
  if (!(next instanceof SVGElement) || !next.classList.contains("message")) return;
  event.preventDefault();
  next.focus();
}

/** Who stands at the head of a lane: name above, address below. */
function LaneHead({ ladder, laneKey, x }: { readonly ladder: Ladder; readonly laneKey: string; readonly x: number }) {
  const t = useTexts(ladderTexts);
  const leg = ladder.legs.find((one) => keyOf(one) === laneKey);
  const name =
    laneKey === PLATFORM ? t.platform : (leg?.name ?? (leg?.leg === "a" ? t.caller : t.called(leg?.attempt ?? 1)));
  return (
    <text textAnchor="middle" x={x} y={16}>
      <tspan className="peer">{shortened(name)}</tspan>
      <tspan className="dimmed" x={x} dy={18}>
        {leg?.address ?? ""}
      </tspan>
    </text>
  );
}

type MessageProps = {
  readonly arrow: Arrow;
  readonly drawing: Drawing;
  readonly isSelected: boolean;
  readonly onSelect: (index: number) => void;
};

function Message({ arrow: { message, fromX, toX, y }, drawing, isSelected, onSelect }: MessageProps) {
  const t = useTexts(ladderTexts);
  const select = (): void => onSelect(message.index);
  const time = secondsOf(message);
  const label = `${labelOf(message)}${message.retransmission ? ` (${t.again})` : ""}`;
  const kind = (message.status ?? 0) >= 400 ? " refusal" : "";
  const head = toX > fromX ? -7 : 7;
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button in SVG
    <g
      className={`message${kind}${message.retransmission ? " again" : ""}`}
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      onClick={select}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        select();
      }}
    >
      <desc>{`${t[message.direction]} ${message.remote}`}</desc>
      <rect x={1} y={y - ROW * 0.65} width={drawing.width - 2} height={ROW} rx={4} />
      <text className="dimmed" x={TIME_WIDTH - 12} y={y} textAnchor="end">
        {time}
      </text>
      <path className="arrow" d={`M${fromX} ${y}H${toX}m${head} -4l${-head} 4l${head} 4`} />
      <text x={(fromX + toX) / 2} y={y - 6} textAnchor="middle">
        {shortened(label)}
      </text>
    </g>
  );
}

/** What a lane has room for. */
function shortened(text: string): string {
  return text.length > 34 ? `${text.slice(0, 33)}…` : text;
}
