#!/bin/sh
# Makes the practice PBX's sounds again: what the simulated colleagues and services say, in Swedish and English.
# Needs espeak-ng, sox and opusenc (Debian: espeak-ng sox opus-tools). Run it in this folder; the result is committed.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# say LANGUAGE FILE VOICE PITCH SPEED TEXT...   A number among the texts is a pause in seconds: the other side's turn.
say() {
    lang=$1 file=$2 voice=$3 pitch=$4 speed=$5
    shift 5
    n=0 parts=
    for text; do
        n=$((n + 1)) part=$work/$n.wav
        case $text in
        [0-9]*) sox -q -n -r 22050 -c 1 -b 16 "$part" trim 0 "$text" ;;
        *) espeak-ng -v "$lang+$voice" -p "$pitch" -s "$speed" -w "$part" "$text" ;;
        esac
        parts="$parts $part"
    done
    mkdir -p "$lang"
    sox -q -R $parts "$work/all.wav" highpass 120 rate -v 16000 norm -5
    opusenc --quiet --bitrate 16 --speech --comp 10 --serial 1 --discard-comments "$work/all.wav" "$lang/$file.ogg"
}

# digits LANGUAGE VOICE PITCH SPEED WORD...   One word every 0.9 s: the program cuts them apart by time.
digits() {
    lang=$1 voice=$2 pitch=$3 speed=$4
    shift 4
    n=0 parts=
    for word; do
        n=$((n + 1)) part=$work/d$n.wav
        espeak-ng -v "$lang+$voice" -p "$pitch" -s "$speed" -w "$work/d.wav" "$word"
        sox -q -V1 "$work/d.wav" "$part" silence 1 0.01 0.5% reverse silence 1 0.01 0.5% reverse pad 0.02 1 trim 0 0.9 fade t 0 0.9 0.03
        parts="$parts $part"
    done
    sox -q -R $parts "$work/all.wav" highpass 120 rate -v 16000 norm -5
    opusenc --quiet --bitrate 16 --speech --comp 10 --serial 1 --discard-comments "$work/all.wav" "$lang/digits.ogg"
}

say sv 2101 f2 60 165 "Anna Berg, hej!" 2.5 "Ja, jag hör dig bra. Är du på kontoret i dag?" 2.5 "Vad trevligt. Då ses vi på mötet klockan tre."
say sv 2114 m3 45 160 "Johan Lindqvist." 2 "Hej hej! Vad kan jag hjälpa dig med?" 3 "Det ordnar jag. Jag återkommer före lunch."
say sv 2126 m7 35 175 "Hallå, det är Kalle." 2 "Jodå, det är lugnt här. Hur går det för dig?" 3 "Skönt att höra. Vi hörs!"
say sv 2133 f4 50 155 "Kundtjänst, du talar med Lena Östlund." 2.5 "Ett ögonblick, så ska jag se efter." 3 "Nu har jag det framför mig. Allt ser bra ut."
say sv 2110 m1 30 150 "Ja, Mats Holmér här." 2.5 "Jag sitter i ett möte, men det går bra en liten stund." 2.5 "Skicka det gärna till mig, så läser jag det i kväll."
say sv 2142 f3 70 170 "Hej, det är Salma!" 2 "Vad roligt att du ringer." 2.5 "Absolut, det gör vi. Ska vi säga på torsdag?"
say sv 2118 f5 55 160 "Petra Sund, hej!" 2 "Förlåt att du fick vänta, jag satt i telefon." 2.5 "Nu har jag tid. Vad gäller det?"
say sv 2122 f1 40 155 "Ingrid Falk." 2 "Nej, jag kan tyvärr inte ta samtalet just nu." 2.5 "Be dem gärna höra av sig i morgon i stället."
say sv 2147 f2 65 165 "Hej, det är Sara Lund. Jag såg att du hade ringt." 2.5 "Det löser vi. Hej då!"
say sv 2151 m4 45 175 "Nils Ek!" 2 "Japp, det stämmer." 2.5 "Det fixar jag med en gång."
say sv voicemail f2 55 155 "Personen du söker kan inte svara just nu. Lämna ett meddelande efter tonen, och lägg sedan på." 0.3
say sv mailbox f2 55 160 "Det här är din röstbrevlåda. Du har inga nya meddelanden." 0.3
say sv echo f2 55 160 "Det här är ekot. Allt du säger kommer tillbaka till dig." 0.3
say sv callback f2 55 160 "Lägg på, så ringer jag upp dig om ett ögonblick." 0.3
say sv called f2 55 160 "Hej! Det var du som ville bli uppringd. Nu vet du att det fungerar." 2.5 "Tack för samtalet. Hej då."
say sv keys f2 55 160 "Tryck några siffror, så läser jag upp dem." 0.3
digits sv f2 55 150 noll ett två tre fyra fem sex sju åtta nio stjärna fyrkant A B C D

say en 2101 f2 60 160 "Anna Berg, hello!" 2.5 "Yes, I can hear you well. Are you in the office today?" 2.5 "How nice. See you at the meeting at three, then."
say en 2114 m3 45 155 "Johan Lindqvist speaking." 2 "Hi there! What can I do for you?" 3 "I will take care of it. I will get back to you before lunch."
say en 2126 m7 35 170 "Hello, this is Kalle." 2 "Oh, it is quiet here. How are things with you?" 3 "Good to hear. Talk to you later!"
say en 2133 f4 50 150 "Customer service, this is Lena." 2.5 "One moment, I will have a look." 3 "Now I have it in front of me. Everything looks fine."
say en 2110 m1 30 145 "Yes, Mats here." 2.5 "I am in a meeting, but I have a minute or two." 2.5 "Do send it to me, and I will read it tonight."
say en 2142 f3 70 165 "Hi, this is Salma!" 2 "How nice of you to call." 2.5 "Absolutely, let us do that. Shall we say Thursday?"
say en 2118 f5 55 155 "Petra Sund, hello!" 2 "Sorry to keep you waiting, I was on the phone." 2.5 "Now I have time. What is it about?"
say en 2122 f1 40 150 "Ingrid Falk speaking." 2 "No, I am afraid I cannot take the call right now." 2.5 "Please ask them to try again tomorrow."
say en 2147 f2 65 160 "Hi, this is Sara Lund. I saw that you had called." 2.5 "We will sort it out. Bye for now!"
say en 2151 m4 45 170 "Nils Ek!" 2 "Yes, that is right." 2.5 "I will do it right away."
say en voicemail f2 55 150 "The person you are calling cannot answer right now. Leave a message after the tone, and then hang up." 0.3
say en mailbox f2 55 155 "This is your voicemail. You have no new messages." 0.3
say en echo f2 55 155 "This is the echo. Everything you say comes back to you." 0.3
say en callback f2 55 155 "Hang up, and I will call you in a moment." 0.3
say en called f2 55 155 "Hello! You asked to be called. Now you know that it works." 2.5 "Thank you for the call. Goodbye."
say en keys f2 55 155 "Press some keys, and I will read them back." 0.3
digits en f2 55 150 zero one two three four five six seven eight nine star hash A B C D
