// Package cli is what optlab's commands have in common: exit statuses and
// Ctrl-C ([Main]), flags with grouped help ([Flags]), those for the settings of
// a table ([Settings]), what a user can do about an error ([Report]) and
// progress bars ([Bar]).
package cli
