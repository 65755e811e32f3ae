package pytorch

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"

	"optlab/internal/brief"
)

// functions are the globals that may be called, all that state dicts call.
var functions = map[global]func(arguments tuple) (any, error){
	"collections.OrderedDict":         orderedDict,
	"torch.Size":                      torchSize,
	"torch._utils._rebuild_tensor_v2": rebuildTensor,
	"torch._utils._rebuild_parameter": rebuildParameter,
}

// pushGlobal pushes the global with the given names, if it may be named at all.
func (u *unpickler) pushGlobal(module, name string) error {
	g := global(module + "." + name)
	_, isStorage := elements[g]
	if functions[g] == nil && !isStorage {
		return refused(g)
	}
	return u.push(g)
}

// refused is the error for a global that no plain state dict names.
func refused(g global) error {
	name := strings.Trim(brief.Quote(string(g)), `"`)
	if strings.HasPrefix(string(g), "torch._") {
		return errors.Errorf("holds what %s makes: only plain dense tensors are read: save dense float32 tensors", name)
	}
	what := "" // a function, if it starts with a small letter
	last := string(g[strings.LastIndexByte(string(g), '.')+1:])
	if first, _ := utf8.DecodeRuneInString(last); unicode.IsUpper(first) {
		what = "the class "
	}
	return errors.Errorf("holds %s%s: save model.state_dict() instead of the model", what, name)
}

// reduce calls the function below the tuple of its arguments.
func (u *unpickler) reduce() error {
	values, err := u.popN(2)
	if err != nil {
		return err
	}
	g, _ := values[0].(global)
	arguments, ok := values[1].(tuple)
	function := functions[g]
	if function == nil || !ok {
		return errors.Errorf("the pickle is damaged: it calls %s with %s", kindOf(values[0]), kindOf(values[1]))
	}
	v, err := function(arguments)
	if err != nil {
		return errors.Wrap(err, string(g))
	}
	return u.push(v)
}

// build gives a dict attributes. An OrderedDict of a model's tensors has one,
// _metadata, the versions of the modules: nothing that is needed here.
func (u *unpickler) build() error {
	attributes, err := u.pop()
	if err != nil {
		return err
	}
	v, err := u.top()
	if err != nil {
		return err
	}
	if !isDict(v) || !isDict(attributes) {
		return errors.Errorf("the pickle is damaged: it gives %s to %s as attributes", kindOf(attributes), kindOf(v))
	}
	return nil
}

// persistentID replaces the id on top by what it stands for.
func (u *unpickler) persistentID() error {
	id, err := u.pop()
	if err != nil {
		return err
	}
	if u.persistent == nil {
		return errors.New("the pickle is damaged: a storage where none can be")
	}
	v, err := u.persistent(id)
	if err != nil {
		return err
	}
	return u.push(v)
}

func isDict(v any) bool {
	_, ok := v.(*dict)
	return ok
}

func orderedDict(arguments tuple) (any, error) {
	if len(arguments) != 0 {
		return nil, errors.Errorf("%d arguments, want none", len(arguments))
	}
	return new(dict), nil
}

// torchSize makes a torch.Size, which is a tuple, as its only argument is.
func torchSize(arguments tuple) (any, error) {
	if len(arguments) != 1 {
		return nil, errors.Errorf("%d arguments, want 1", len(arguments))
	}
	size, ok := arguments[0].(tuple)
	if !ok {
		return nil, errors.Errorf("made of %s, want a tuple", kindOf(arguments[0]))
	}
	return size, nil
}

// rebuildParameter makes an nn.Parameter of (tensor, requires_grad, hooks),
// which is the tensor as far as a state dict goes.
func rebuildParameter(arguments tuple) (any, error) {
	if len(arguments) != 3 {
		return nil, errors.Errorf("%d arguments, want 3", len(arguments))
	}
	t, ok := arguments[0].(*tensorRef)
	if !ok {
		return nil, errors.Errorf("made of %s, want a tensor", kindOf(arguments[0]))
	}
	return t, nil
}

// rebuildTensor describes a tensor by (storage, offset, size, stride,
// requires_grad, hooks) and, since PyTorch 2, a dict of flags. What the storage
// holds is not looked at yet: a checkpoint has tensors that nobody wants.
func rebuildTensor(arguments tuple) (any, error) {
	if len(arguments) != 6 && len(arguments) != 7 {
		return nil, errors.Errorf("%d arguments, want 6 or 7", len(arguments))
	}
	v, ok := arguments[0].(view)
	if !ok {
		return nil, errors.Errorf("made of %s, want a storage", kindOf(arguments[0]))
	}
	t := &tensorRef{view: v}
	if t.start, ok = arguments[1].(int64); !ok {
		return nil, errors.Errorf("has %s as its offset, want a number", kindOf(arguments[1]))
	}
	var err error
	if t.size, err = integers(arguments[2]); err != nil {
		return nil, errors.Wrap(err, "its size")
	}
	if t.stride, err = integers(arguments[3]); err != nil {
		return nil, errors.Wrap(err, "its stride")
	}
	if len(t.size) != len(t.stride) || len(t.size) > maxDimensions {
		return nil, errors.Errorf("has %d sizes and %d strides, want as many of both, at most %d", len(t.size), len(t.stride), maxDimensions)
	}
	if len(arguments) == 7 && arguments[6] != nil {
		// The flags say "conjugate" or "negative": the numbers are not the
		// tensor's.
		if flags, ok := arguments[6].(*dict); !ok || len(flags.keys) != 0 {
			return nil, errors.New("has flags: save tensor.resolve_conj().resolve_neg()")
		}
	}
	return t, nil
}

// integers returns a tuple of numbers as such.
func integers(v any) ([]int64, error) {
	items, ok := v.(tuple)
	if !ok {
		return nil, errors.Errorf("is %s, want a tuple", kindOf(v))
	}
	numbers := make([]int64, len(items))
	for i, item := range items {
		if numbers[i], ok = item.(int64); !ok {
			return nil, errors.Errorf("has %s in it, want numbers", kindOf(item))
		}
	}
	return numbers, nil
}
