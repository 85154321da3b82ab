"""Words that a page must show as they are: each sign that LaTeX or Typst takes for a command."""

HOSTILE = (
    "= + - / 1. \\input{/etc/passwd} \\write18{id} \\end{document} ^^5c & % # _ $x$ { } ~ ^ | < > \" ' ` `` '' -- ---"
    ' ?` [3pt] ] #read("/etc/passwd") #import #panic() ]#panic()[ *b* _i_ `c` <l> @ref // /* c */ http://x.y \\u{41} a\\'
)
