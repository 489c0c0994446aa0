#!/bin/sh
# Makes the prompts of verification calls: spoken by espeak-ng, then 8 kHz µ-law as on the telephone. Needs espeak-ng and sox.
# Run it in this folder after changing a text. The Japanese is written in kana, because espeak-ng cannot read kanji.
set -eu
spoken=$(mktemp --suffix=.wav)
trap 'rm -f "$spoken"' EXIT

say() { # language, voice, words a minute, file, text
  espeak-ng -v "$2" -s "$3" -w "$spoken" "$5"
  sox -D "$spoken" -r 8000 -c 1 -e mu-law "$1/$4.wav" \
    highpass 200 lowpass 3400 norm -6 silence 1 0.02 0.1% reverse silence 1 0.02 0.1% reverse pad 0.2 0.3
}

say en en-us 140 ask "Hello. This is a call to verify your telephone number as a caller I D. Please key in the six digit code that you were shown."
say en en-us 140 again "That is not the right code. Please key in the six digits again."
say en en-us 140 right "Thank you. Your telephone number is verified. Goodbye."
say en en-us 140 wrong "Your telephone number is not verified. Goodbye."
say ja ja 140 ask "こちらは、でんわばんごうの、かくにんです。がめんに、ひょうじされた、ろっけたのばんごうを、おしてください。"
say ja ja 140 again "ばんごうが、ちがいます。もういちど、ろっけたのばんごうを、おしてください。"
say ja ja 140 right "ありがとうございました。でんわばんごうが、かくにんされました。しつれいします。"
say ja ja 140 wrong "でんわばんごうを、かくにんできませんでした。しつれいします。"
