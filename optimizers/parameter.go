package optimizers

import (
	"slices"
	"strconv"
	"unsafe"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// parameter is one parameter of the model, as an update sees it.
type parameter struct {
	name    string
	dtype   tensor.Dtype
	shape   tensor.Shape
	w, g    numbers   // its value and gradient in the step under way
	moments []numbers // in the order of Kind.moments
}

// numbers is the memory of a value. The slice of the type that it does not have
// is nil, so that an update may be called for both.
type numbers struct {
	dtype tensor.Dtype
	shape tensor.Shape
	f32   []float32
	f64   []float64
}

// newParameter returns the parameter n, number i of the model, without moments.
func newParameter(n gorgonia.ValueGrad, i int) (parameter, error) {
	if n == nil {
		return parameter{}, errors.Errorf("parameter %d is nil", i)
	}
	p := parameter{name: nameOf(n, i)}
	w, err := view(n.Value())
	if err != nil {
		return parameter{}, errors.Wrapf(err, "parameter %q: value", p.name)
	}
	// A clone, as a tensor that is reshaped recycles the memory of its shape.
	p.dtype, p.shape = w.dtype, slices.Clone(w.shape)
	return p, nil
}

// nameOf returns the name of n, number i of the model.
func nameOf(n gorgonia.ValueGrad, i int) string {
	if named, ok := n.(gorgonia.Namer); ok && named.Name() != "" {
		return named.Name()
	}
	return strconv.Itoa(i)
}

// bind points w and g at the value and gradient of n, number i of the model, or
// returns an error if they are not those of the parameter.
func (p *parameter) bind(n gorgonia.ValueGrad, i int) error {
	if n == nil {
		return errors.New("it is nil")
	}
	if name := nameOf(n, i); name != p.name {
		return errors.Errorf("in its place is %q", name)
	}
	w, err := p.view(n.Value())
	if err != nil {
		return errors.Wrap(err, "value")
	}
	gradient, err := n.Grad()
	if err != nil {
		return errors.Wrap(err, "gradient")
	}
	g, err := p.view(gradient)
	if err != nil {
		return errors.Wrap(err, "gradient")
	}
	p.w, p.g = w, g
	return nil
}

// view returns the memory of v, which must have the parameter's type and shape.
func (p *parameter) view(v gorgonia.Value) (numbers, error) {
	x, err := view(v)
	if err != nil {
		return numbers{}, err
	}
	if x.dtype != p.dtype || !slices.Equal(x.shape, p.shape) {
		return numbers{}, errors.Errorf("%v of shape %v: want the parameter's, %v of shape %v", x.dtype, x.shape, p.dtype, p.shape)
	}
	return x, nil
}

// view returns the memory of v. Only a row-major, contiguous tensor has its
// numbers in the order of its elements.
func view(v gorgonia.Value) (numbers, error) {
	switch v := v.(type) {
	case *gorgonia.F32:
		if v != nil {
			return numbers{dtype: tensor.Float32, f32: unsafe.Slice((*float32)(v), 1)}, nil
		}
	case *gorgonia.F64:
		if v != nil {
			return numbers{dtype: tensor.Float64, f64: unsafe.Slice((*float64)(v), 1)}, nil
		}
	case *tensor.Dense:
		if v != nil {
			return viewDense(v)
		}
	case nil:
	default:
		return numbers{}, errors.Errorf("a %T: want a *tensor.Dense, *gorgonia.F32 or *gorgonia.F64", v)
	}
	return numbers{}, errors.New("missing")
}

func viewDense(t *tensor.Dense) (numbers, error) {
	if t.RequiresIterator() || !t.DataOrder().IsRowMajor() {
		return numbers{}, errors.New("a transposed, strided or masked tensor: want a row-major and contiguous one")
	}
	x := numbers{dtype: t.Dtype(), shape: t.Shape()}
	switch x.dtype {
	case tensor.Float32:
		x.f32 = t.Float32s()
	case tensor.Float64:
		x.f64 = t.Float64s()
	default:
		return numbers{}, errors.Errorf("a tensor of %v: want one of float32 or float64", x.dtype)
	}
	return x, nil
}
