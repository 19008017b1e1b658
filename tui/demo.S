/* SPDX-License-Identifier: MIT */
	.section .rodata
	.globl demo_begin, demo_end
	.balign 16
demo_begin:
	.incbin DEMO_CAPTURE
demo_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
