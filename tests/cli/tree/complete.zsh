# What an interactive zsh makes of words when Tab is pressed after them:
#   zsh -f complete.zsh SCRIPT WORDS…
# prints one line for each WORDS. Waits for what the shell shows, never for time to pass.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1='> '; unset zle_bracketed_paste; setopt no_beep; autoload -Uz compinit; compinit -u -D; source $1
show() { print -r -- \"<\$BUFFER>\"; BUFFER=; zle accept-line }; zle -N show; bindkey '^X' show; print loaded-\$((1 + 1))"
zpty -r -m shell shown '*loaded-2*'
for words in "${@:2}"; do
    zpty -w -n shell "$words"$'\t\C-x'
    zpty -r -m shell shown '*<*>*'
    print -r -- "${${shown##*<}%%>*}"
done
zpty -d shell
