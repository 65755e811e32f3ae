package cli

// operands are the arguments of a command that are no flags.
type operands struct {
	usage       string // "" if there are none
	least, most int
	given       []string
}

// Operands has Parse accept arguments that are no flags, from least to most,
// anywhere among the flags, and all after "--". The help shows usage for them:
// "FILE [FILE2]".
func (f *Flags) Operands(usage string, least, most int) {
	f.operands = operands{usage: usage, least: least, most: most}
}

// Args returns the arguments that are no flags, as Operands has it.
func (f *Flags) Args() []string { return f.operands.given }

// take takes the first of the arguments that follow the flags, or all of them,
// and returns the rest.
func (o *operands) take(args []string, all bool) []string {
	n := min(1, len(args))
	if all {
		n = len(args)
	}
	o.given = append(o.given, args[:n]...)
	return args[n:]
}

// check returns a UsageError unless there are as many as there may be.
func (o *operands) check() error {
	switch n := len(o.given); {
	case n > o.most && o.usage == "":
		return Usagef("unexpected argument %q: everything is set by flags", o.given[0])
	case n > o.most:
		return Usagef("unexpected argument %q: want %s", o.given[o.most], o.usage)
	case n < o.least:
		return Usagef("want %s", o.usage)
	}
	return nil
}
