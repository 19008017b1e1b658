# SPDX-License-Identifier: MIT
# What bash completes behind smtpscope. Installed by `make install`.

_smtpscope()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local options="--interface --write --demo --follow --no-dedupe --ring --memory --timer --vantage
		--what-if --report --where --fail-on --eml --slice --redact --show-secrets --theme
		--color --ascii --no-mouse --script --dump-config --help --version"
	local words=

	case $prev in
	-i | --interface) words="any $(ls /sys/class/net 2>/dev/null)" ;;
	--report) words="text jsonl dialogue csv" ;;
	--theme) words="dark light mono high-contrast" ;;
	--color) words="auto always never" ;;
	--vantage) words="client server between auto" ;;
	--timer) words="30s 60s 90s 2m 5m 10m" ;;
	--what-if) words="30,90,10m" ;;
	--ring) words="16M 256M 1G" ;;
	--memory) words="256M 1G 4G unlimited" ;;
	--fail-on) words="duplicated maybe-duplicated in-doubt undelivered" ;;
	--where)
		words="state= cause= outcome= tls= from= to= subject= message-id= reply= server=
			client= waited> time> size> copies> attempts> code= number= session= frame="
		compopt -o nospace
		;;
	--eml)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	*) [[ $cur == -* ]] && words=$options ;;
	esac
	if [[ -n $words ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	else
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}

complete -F _smtpscope smtpscope
