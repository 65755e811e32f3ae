package optimizers

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// number generates zero or ±x·2ᵏ with 1 ≤ x < 2 and |k| ≤ 20, so that nothing
// in these tests overflows or becomes denormal.
func number() *rapid.Generator[float64] {
	return rapid.Custom(func(t *rapid.T) float64 {
		sign := rapid.SampledFrom([]float64{-1, 0, 1}).Draw(t, "sign")
		if sign == 0 {
			return 0
		}
		fraction := rapid.Float64Range(1, math.Nextafter(2, 1)).Draw(t, "fraction")
		return sign * math.Ldexp(fraction, rapid.IntRange(-20, 20).Draw(t, "exponent"))
	})
}

// problem is a start and the gradients of a few steps from it.
type problem struct {
	start     []float64
	gradients [][]float64
}

func drawProblem(t *rapid.T) problem {
	n := rapid.IntRange(1, 5).Draw(t, "elements")
	numbers := rapid.SliceOfN(number(), n, n)
	return problem{
		start:     numbers.Draw(t, "start"),
		gradients: rapid.SliceOfN(numbers, 1, 8).Draw(t, "gradients"),
	}
}

// times returns the problem with each gradient multiplied by factor.
func (p problem) times(factor float64) problem {
	scaled := problem{start: p.start}
	for _, g := range p.gradients {
		g = slices.Clone(g)
		for i := range g {
			g[i] *= factor
		}
		scaled.gradients = append(scaled.gradients, g)
	}
	return scaled
}

// solve returns the points that o goes through in T.
func solve[T float](t failer, o Optimizer, p problem) [][]T {
	var gradients [][]T
	for _, g := range p.gradients {
		gradients = append(gradients, convert[T](g))
	}
	return descend(t, o, convert[T](p.start), gradients)
}

func sameBits[T float](t *rapid.T, got, want [][]T) {
	t.Helper()
	same := slices.EqualFunc(got, want, func(a, b []T) bool {
		return slices.EqualFunc(a, b, func(x, y T) bool {
			return math.Float64bits(float64(x)) == math.Float64bits(float64(y))
		})
	})
	if !same {
		t.Fatalf("got  %v\nwant %v", got, want)
	}
}

func TestMomentumWithoutBetaIsSGD(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(1e-4, 10).Draw(t, "rate")
		p := drawProblem(t)
		sameBits(t, solve[float64](t, create(t, "momentum", rate, setting{"beta1", 0}), p), solve[float64](t, create(t, "sgd", rate), p))
		sameBits(t, solve[float32](t, create(t, "momentum", rate, setting{"beta1", 0}), p), solve[float32](t, create(t, "sgd", rate), p))
	})
}

// Without a memory of earlier gradients, looking ahead is SGD too.
func TestNesterovWithoutMomentumIsSGD(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(1e-4, 10).Draw(t, "rate")
		p := drawProblem(t)
		nesterov := func() Optimizer { return create(t, "nesterov", rate, setting{"momentum", 0}) }
		sameBits(t, solve[float64](t, nesterov(), p), solve[float64](t, create(t, "sgd", rate), p))
		sameBits(t, solve[float32](t, nesterov(), p), solve[float32](t, create(t, "sgd", rate), p))
	})
}

func TestAdamWWithoutDecayIsAdam(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(1e-4, 10).Draw(t, "rate")
		p := drawProblem(t)
		adamw := func() Optimizer { return create(t, "adamw", rate, setting{"weight_decay", 0}) }
		sameBits(t, solve[float64](t, adamw(), p), solve[float64](t, create(t, "adam", rate), p))
		sameBits(t, solve[float32](t, adamw(), p), solve[float32](t, create(t, "adam", rate), p))
	})
}

// Where the gradient is zero from the start, AdamW's parameters shrink by
// 1−η·λ.
func TestAdamWDecays(t *testing.T) {
	o := create(t, "adamw", 0.5, setting{"weight_decay", 0.5})
	same(t, "w", descend(t, o, []float64{4, -8}, [][]float64{{0, 0}, {0, 0}}), [][]float64{{3, -6}, {2.25, -4.5}})
}

// Where all of the average is the last gradient, RMSprop's step is of size η
// against its sign, but for ε.
func TestRMSpropWithoutAverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(1e-4, 10).Draw(t, "rate")
		p := drawProblem(t)
		p.start, p.gradients = make([]float64, len(p.start)), p.gradients[:1]
		o := create(t, "rmsprop", rate, setting{"alpha", 0}, setting{"epsilon", 1e-3})
		for i, x := range solve[float64](t, o, p)[0] {
			g := p.gradients[0][i]
			if want := -rate * g / (math.Abs(g) + 1e-3); math.Abs(x-want) > 1e-15*math.Abs(want) {
				t.Fatalf("gradient %v moves by %v, want %v", g, x, want)
			}
		}
	})
}

// SGD's first step from zero is linear in the learning rate: exactly for a
// power of two, and to rounding for any factor.
func TestSGDIsLinearInTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(1e-4, 10).Draw(t, "rate")
		p := drawProblem(t)
		p.start, p.gradients = make([]float64, len(p.start)), p.gradients[:1]
		once := solve[float64](t, create(t, "sgd", rate), p)[0]

		power := math.Ldexp(1, rapid.IntRange(-10, 10).Draw(t, "power"))
		for i, x := range solve[float64](t, create(t, "sgd", power*rate), p)[0] {
			if x != power*once[i] {
				t.Fatalf("%v times the rate moves by %v, want %v", power, x, power*once[i])
			}
		}
		factor := rapid.Float64Range(0.1, 10).Draw(t, "factor")
		for i, x := range solve[float64](t, create(t, "sgd", factor*rate), p)[0] {
			if math.Abs(x-factor*once[i]) > 4*0x1p-53*math.Abs(x) {
				t.Fatalf("%v times the rate moves by %v, want %v", factor, x, factor*once[i])
			}
		}
	})
}

// Whatever the decays, the corrections make Adam's first step −η·g/(|g|+ε): of
// size η against the sign of g where |g| is large beside ε.
func TestAdamFirstStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		decay := rapid.Float64Range(0, 0.9999)
		rate := rapid.Float64Range(1e-4, 10).Draw(t, "rate")
		epsilon := rapid.SampledFrom([]float64{1e-8, 1e-3, 1}).Draw(t, "epsilon")
		adam := create(t, "adam", rate, setting{"epsilon", epsilon},
			setting{"beta1", decay.Draw(t, "beta1")}, setting{"beta2", decay.Draw(t, "beta2")})
		p := drawProblem(t)
		p.start, p.gradients = make([]float64, len(p.start)), p.gradients[:1]
		for i, x := range solve[float64](t, adam, p)[0] {
			g := p.gradients[0][i]
			want := -rate * g / (math.Abs(g) + epsilon)
			if math.Abs(x-want) > 1e-14*math.Abs(want) {
				t.Fatalf("gradient %v moves by %v, want %v", g, x, want)
			}
		}
	})
}

// With an ε too small to count, Adam does not see the scale of the gradients. A
// power of two is lost without a rounding.
func TestAdamIgnoresTheScaleOfGradients(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		adam := func() Optimizer { return create(t, "adam", 0.1, setting{"epsilon", 0x1p-126}) }
		p := drawProblem(t)
		scale := math.Ldexp(1, rapid.IntRange(-20, 20).Draw(t, "power"))
		sameBits(t, solve[float64](t, adam(), p.times(scale)), solve[float64](t, adam(), p))
	})
}

// A parameter moves the same alone and beside others.
func TestParametersAreIndependent(t *testing.T) {
	for _, o := range all {
		t.Run(o.name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				p := drawProblem(r)
				together := solve[float64](r, o.make(r), p)
				for i := range p.start {
					alone := problem{start: p.start[i : i+1]}
					var want [][]float64
					for step, g := range p.gradients {
						alone.gradients = append(alone.gradients, g[i:i+1])
						want = append(want, together[step][i:i+1])
					}
					sameBits(r, solve[float64](r, o.make(r), alone), want)
				}
			})
		})
	}
}
