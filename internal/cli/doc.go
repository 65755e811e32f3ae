// Package cli is what optlab's commands have in common: exit statuses and
// Ctrl-C ([Main]), flags with grouped help ([Flags]), the folder that a run
// writes to ([Folder]), progress bars ([Bar]) and the description of the
// machine ([Environment]).
package cli
