package cli

import (
	"slices"

	"optlab/models"
)

// settingsOfSchemes are the flags for the settings of initializations, and the
// schemes that use them.
var settingsOfSchemes = []struct {
	flag  string
	users []models.Scheme
}{
	{"c", []models.Scheme{models.Constant}},
	{"std", []models.Scheme{models.Normal}},
	{"gain", models.SchemesWithGain},
}

// BindInitializer defines the flags for the settings of an initialization, the
// same ones for every command.
func BindInitializer(f *Flags, init *models.Initializer) {
	Bind(f, &init.Constant, "c", Finite, "`VALUE` of every parameter, for constant")
	Bind(f, &init.Std, "std", Positive, "standard `DEVIATION` of every parameter, for normal")
	f.BindBool(&init.Gain, "gain", "scale "+Join(models.SchemesWithGain, " and ")+" by the activation's gain, as torch.nn.init does")
}

// CheckInitializer returns a UsageError if a flag of BindInitializer was given,
// as given says, that none of the schemes uses.
func CheckInitializer(given func(flag string) bool, schemes ...models.Scheme) error {
	for _, s := range settingsOfSchemes {
		used := slices.ContainsFunc(s.users, func(user models.Scheme) bool { return slices.Contains(schemes, user) })
		if given(s.flag) && !used {
			return Usagef("-%s has no effect on %s: it is for %s", s.flag, Join(schemes, ","), Join(s.users, " and "))
		}
	}
	return nil
}
