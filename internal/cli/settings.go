package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"optlab/experiment"
	"optlab/internal/brief"
	"optlab/models"
	"optlab/optimizers"
)

// Settings are the flags for the settings in a table of package optimizers:
// whoever adds a row there adds its flags to every command.
type Settings struct {
	flags  *Flags
	list   []optimizers.Setting
	values []float64
}

// DefineSettings defines a flag for each of the settings.
func DefineSettings(f *Flags, list []optimizers.Setting) *Settings {
	s := &Settings{flags: f, list: list, values: make([]float64, len(list))}
	for i, setting := range list {
		s.values[i] = setting.Default
		Bind(f, &s.values[i], setting.Flag, func(text string) (float64, error) {
			x, err := strconv.ParseFloat(text, 64)
			if err != nil || setting.Check(x) != nil {
				return 0, errors.Errorf("want %s", setting.Want)
			}
			return x, nil
		}, setting.Usage+", for "+brief.And(setting.Users...))
	}
	return s
}

// Of returns the values that were given of the settings that user uses, by the
// settings' names.
func (s *Settings) Of(user string) map[string]float64 {
	var given map[string]float64
	for i, setting := range s.list {
		if s.flags.Given(setting.Flag) && slices.Contains(setting.Users, user) {
			if given == nil {
				given = make(map[string]float64)
			}
			given[setting.Name] = s.values[i]
		}
	}
	return given
}

// Check returns a UsageError if a flag was given that none of the users uses:
// whoever sets one expects it to have an effect.
func (s *Settings) Check(users ...string) error {
	for _, setting := range s.list {
		used := slices.ContainsFunc(setting.Users, func(user string) bool { return slices.Contains(users, user) })
		if s.flags.Given(setting.Flag) && !used {
			return Usagef("-%s has no effect on %s: it is for %s", setting.Flag, strings.Join(users, ","), brief.And(setting.Users...))
		}
	}
	return nil
}

// UsualRates says which learning rates the optimizers have, for the help.
func UsualRates() string {
	usual, others := 0.0, ""
	for i, kind := range optimizers.Kinds() {
		if i == 0 {
			usual = kind.LearningRate
		} else if kind.LearningRate != usual {
			others += fmt.Sprintf(", %s %v", kind.Name, kind.LearningRate)
		}
	}
	return fmt.Sprintf("(default %v%s)", usual, strings.Replace(others, ",", ";", 1))
}

// ByArchitecture says for the help what default each architecture has.
func ByArchitecture(of func(experiment.Config) any) string {
	text := " (default "
	for i, a := range models.Architectures() {
		if i > 0 {
			text += fmt.Sprintf("; %s ", a)
		}
		text += fmt.Sprint(of(experiment.Default(a)))
	}
	return text + ")"
}

// LabSizes returns the sizes of a network for the lab's images.
func LabSizes(c experiment.Config) any {
	const pixels, classes = 28 * 28, 10
	model, _ := models.DefaultConfig(c.Model.Architecture, pixels, classes)
	return JoinInts(model.Sizes, ",")
}
