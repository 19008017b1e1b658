#compdef smtpscope
# SPDX-License-Identifier: MIT
# What zsh completes behind smtpscope. Installed by `make install`.

_arguments -s -S \
	'(-i --interface)'{-i,--interface}'[capture from an interface]:interface:(any ${(f)"$(command ls /sys/class/net 2>/dev/null)"})' \
	'(-w --write)'{-w,--write}'[also write every packet to a file]:file:_files' \
	'--demo[look at the built-in example]' \
	'--follow[go on reading files that grow]' \
	'--no-dedupe[take frames captured twice for two]' \
	'--ring[memory for packets that cannot be read again]:size:(16M 256M 1G)' \
	'--memory[memory for sessions and deliveries]:size:(256M 1G 4G unlimited)' \
	'--timer[how long the sender waits]:time:(30s 60s 90s 2m 5m 10m)' \
	'--vantage[where the capture was taken]:place:(client server between auto)' \
	'--what-if[what other timers would have changed]:times:(30,90,10m)' \
	'--report[a report instead of the screen]:format:(text jsonl dialogue csv)' \
	'--where[only deliveries that fit]:filter:(state=duplicated "waited>90s")' \
	'--fail-on[exit with 3 if one is so]:states:(duplicated maybe-duplicated in-doubt undelivered)' \
	'--eml[write each message into a folder]:folder:_files -/' \
	'--slice[write the packets of troubled deliveries]:file:_files' \
	'--redact[blank passwords and messages in the slice]' \
	'--show-secrets[keep and show the passwords of AUTH]' \
	'--theme[colours]:theme:(dark light mono high-contrast)' \
	'--color[whether to use colours]:when:(auto always never)' \
	'--ascii[draw with ASCII only]' \
	'--no-mouse[leave the mouse to the terminal]' \
	'--script[press the keys in a file]:file:_files' \
	'--dump-config[print all settings]' \
	'--help[show the options]' \
	'--version[show version and libraries]' \
	'*:capture file:_files'
