package pytorch

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"optlab/internal/check"
)

// What operations make, by the definitions in Python's pickletools.
func TestOperations(t *testing.T) {
	cases := []struct {
		pickle string
		want   any
	}{
		{"\x80\x02N.", nil},
		{"\x80\x05\x88.", true},
		{"\x89.", false},
		{"K\xff.", int64(255)},
		{"M\xff\xff.", int64(65535)},
		{"J\xff\xff\xff\xff.", int64(-1)},
		{"J\x00\x00\x00\x80.", int64(math.MinInt32)},
		{"\x8a\x00.", int64(0)},
		{"\x8a\x01\xff.", int64(-1)},
		{"\x8a\x02\xff\x00.", int64(255)},
		{"\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80.", int64(math.MinInt64)},
		{"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00.", bigInt("\x00\x00\x00\x00\x00\x00\x00\x80\x00")},
		{"G\x3f\xf8\x00\x00\x00\x00\x00\x00.", 1.5},
		{"X\x03\x00\x00\x00a\xc3\xa9.", "aé"},
		{"\x8c\x01x.", "x"},
		{").", tuple(nil)},
		{"K\x01\x85.", tuple{int64(1)}},
		{"K\x01N\x86.", tuple{int64(1), nil}},
		{"K\x01NK\x02\x87.", tuple{int64(1), nil, int64(2)}},
		{"(K\x01(t(K\x02tt.", tuple{int64(1), tuple{}, tuple{int64(2)}}},
		{"]K\x01a(K\x02Ne.", &sequence{[]any{int64(1), int64(2), nil}}},
		{"}K\x01Ns(K\x02NK\x03Nu.", &dict{[]any{int64(1), int64(2), int64(3)}, []any{nil, nil, nil}}},
		{"(K\x05q\x00K\x06r\x01\x00\x00\x00K\x07\x94h\x02j\x01\x00\x00\x00h\x00t.", tuple{int64(5), int64(6), int64(7), int64(7), int64(6), int64(5)}},
		{"(K\x05q\x00K\x06q\x00h\x00t.", tuple{int64(5), int64(6), int64(6)}},
		{"ccollections\nOrderedDict\n)R}b.", &dict{}},
		{"\x8c\x0bcollections\x8c\x0bOrderedDict\x93)R.", &dict{}},
		{"ctorch\nSize\nK\x03\x85\x85R.", tuple{int64(3)}},
		{"\x95\x02\x00\x00\x00\x00\x00\x00\x00N.", nil},
	}
	for _, c := range cases {
		got, end, err := unpickle([]byte(c.pickle), 0, nil)
		check.NoError(t, err)
		if !reflect.DeepEqual(got, c.want) || end != len(c.pickle) {
			t.Errorf("%q makes %#v of %d bytes, want %#v of %d", c.pickle, got, end, c.want, len(c.pickle))
		}
	}
}

// floatStorage pickles a storage of four floats.
var floatStorage = storageText("FloatStorage", "0", 4, "")

// hostilePickles are such that no pickler writes, and what their errors say.
// The position that an error names is that of the operation.
var hostilePickles = []struct {
	name, pickle string
	parts        []string
}{
	{"nothing", "", []string{"byte 0: is truncated"}},
	{"no end", "\x80\x02N", []string{"byte 3: is truncated"}},
	{"no value", "\x80\x02.", []string{"ends with 0 values, want 1"}},
	{"two values", "NN.", []string{"ends with 2 values, want 1"}},
	{"a mark left", "(N.", []string{"ends with 1 values"}},
	{"protocol 1", "\x80\x01N.", []string{"pickle protocol 1, want 2 to 5"}},
	{"protocol 6", "\x80\x06N.", []string{"pickle protocol 6, want 2 to 5"}},
	{"INST", "(i__main__\nX\n.", []string{"byte 1: operation 0x69 is none that torch.save writes"}},
	{"OBJ", "(o.", []string{"operation 0x6f"}},
	{"NEWOBJ", "N)\x81.", []string{"byte 2: operation 0x81"}},
	{"DUP", "N2.", []string{"operation 0x32"}},
	{"EXT1", "\x82\x01.", []string{"operation 0x82"}},
	{"a system call", "cposix\nsystem\nX\x02\x00\x00\x00ls\x85R.", []string{"byte 0: holds posix.system: save model.state_dict()"}},
	{"a system call, protocol 4", "\x8c\x05posix\x8c\x06system\x93.", []string{"byte 15: holds posix.system"}},
	{"eval", "cbuiltins\neval\n.", []string{"holds builtins.eval"}},
	{"getattr of torch", "ctorch\nFloatStorage.from_file\n.", []string{"holds torch.FloatStorage.from_file"}},
	{"a NumPy scalar", "cnumpy.core.multiarray\nscalar\n.", []string{"holds numpy.core.multiarray.scalar"}},
	{"a name of many lines", "\x8c\x01a\x8c\x03\n\r\x00\x93.", []string{`holds a.\n\r\x00: save`}},
	{"a very long name", "c" + strings.Repeat("x", 5000) + "\ny\n.", []string{"xxx", "save model.state_dict()"}},
	{"an endless name", "ctorch", []string{"byte 0: is truncated in the name of a class"}},
	{"half a name", "ctorch\nSize", []string{"is truncated in the name of a class"}},
	{"half a number", "G\x3f\xf8.", []string{"byte 0: is truncated: 8 bytes wanted, 3 left"}},
	{"a name of nothing", "N\x93.", []string{"a value is missing"}},
	{"a name of numbers", "NN\x93.", []string{"the name of a class is no text"}},
	{"a text of 4 GB", "X\xff\xff\xff\xffabc", []string{"byte 0: is truncated: 4294967295 bytes wanted, 3 left"}},
	{"a text that is none", "\x8c\x02\xff\xfe.", []string{"a text is not UTF-8"}},
	{"a number of 255 bytes", "\x8a\xff\x01.", []string{"255 bytes wanted, 2 left"}},
	{"a frame of 2⁶⁴−1", "\x95\xff\xff\xff\xff\xff\xff\xff\xffN.", []string{"a frame of 18446744073709551615 bytes, 2 left"}},
	{"memo 2³²−1", "Nr\xff\xff\xff\xff.", []string{"byte 1: the pickle is damaged: memo 4294967295 follows 0 others"}},
	{"an empty memo", "h\x00.", []string{"memo 0 of 0 is wanted"}},
	{"a memo of nothing", "q\x00.", []string{"a value is missing"}},
	{"a memo under a mark", "N(\x94.", []string{"a value is missing"}},
	{"a tuple of nothing", "\x85.", []string{"a value is missing"}},
	{"a tuple over a mark", "N(\x85.", []string{"a value is missing"}},
	{"no mark", "Nt.", []string{"a mark is missing"}},
	{"no list", "NNa.", []string{"it appends to None"}},
	{"an item without a list", "Na.", []string{"a value is missing"}},
	{"no dict", "]NNs.", []string{"it sets 2 keys and values of a list"}},
	{"a key alone", "}(Nu.", []string{"it sets 1 keys and values of a dict"}},
	{"items of nothing", "(u.", []string{"a value is missing"}},
	{"a call of nothing", "N)R.", []string{"it calls None with a tuple"}},
	{"a call of a storage type", "ctorch\nFloatStorage\n)R.", []string{"it calls a function or class"}},
	{"a call with a list", "ctorch\nSize\n]R.", []string{"with a list"}},
	{"a call alone", ")R.", []string{"a value is missing"}},
	{"a dict of pairs", "ccollections\nOrderedDict\n]\x85R.", []string{"collections.OrderedDict: 1 arguments, want none"}},
	{"a size of nothing", "ctorch\nSize\n)R.", []string{"torch.Size: 0 arguments, want 1"}},
	{"a size of a list", "ctorch\nSize\n]\x85R.", []string{"torch.Size: made of a list"}},
	{"a parameter of nothing", "ctorch._utils\n_rebuild_parameter\n)R.", []string{"0 arguments, want 3"}},
	{"a parameter of None", "ctorch._utils\n_rebuild_parameter\nNNN\x87R.", []string{"made of None, want a tensor"}},
	{"attributes of a list", "]}b.", []string{"gives a dict to a list as attributes"}},
	{"attributes that are none", "}Nb.", []string{"gives None to a dict as attributes"}},
	{"attributes alone", "}b.", []string{"a value is missing"}},
	{"an id under a mark", strings.TrimSuffix(floatStorage, "Q") + "(Q.", []string{"a value is missing"}},
	{"an id alone", "Q.", []string{"a value is missing"}},
	{"an id that is none", "NQ.", []string{"the id of a storage is None of 0, want a tuple of 5"}},
	{"an id too long", "(" + text("storage") + "NNNNNtQ.", []string{"a tuple of 6, want a tuple of 5"}},
	{"an id of a module", "(" + text("module") + "NNNNtQ.", []string{`the id of a storage has "module", None`}},
	{"a storage of storages", "(" + text("storage") + "ccollections\nOrderedDict\n" + text("0") + text("cpu") + number(4) + "tQ.", []string{"the id of a storage has"}},
	{"a storage of −1", storageText("FloatStorage", "0", -1, "") + ".", []string{`storage "0" claims -1 elements of float32`}},
	{"a storage of 2⁶²", storageText("DoubleStorage", "0", 1<<62, "") + ".", []string{"claims 4611686018427387904 elements of float64: the file has 1000 bytes"}},
	{"a storage twice", floatStorage + storageText("FloatStorage", "0", 5, "") + ".", []string{`storage "0" is 4 of float32 and 5 of float32`}},
	{"a storage of two types", floatStorage + storageText("IntStorage", "0", 4, "") + ".", []string{"4 of float32 and 4 of int32"}},
	{"a tensor of nothing", rebuildText + ")R.", []string{"byte 34: torch._utils._rebuild_tensor_v2: 0 arguments, want 6 or 7"}},
	{"a tensor of no storage", rebuildText + "(NNNNNNtR.", []string{"made of None, want a storage"}},
	{"a tensor at None", rebuildText + "(" + floatStorage + "NNNNNtR.", []string{"has None as its offset"}},
	{"a tensor of size None", rebuildText + "(" + floatStorage + "K\x00NNNNtR.", []string{"its size: is None, want a tuple"}},
	{"a tensor of stride text", rebuildText + "(" + floatStorage + "K\x00)" + text("x") + "\x85NNtR.", []string{"its stride: has a text in it"}},
	{"a tensor of 9 dimensions", tensorText(floatStorage, 0, make([]int64, 9), make([]int64, 9)) + ".", []string{"9 sizes and 9 strides, want as many of both, at most 8"}},
	{"sizes without strides", tensorText(floatStorage, 0, []int64{1}, nil) + ".", []string{"1 sizes and 0 strides"}},
	{"a negative tensor", rebuildText + "(" + floatStorage + "K\x00))\x89N}" + text("neg") + "\x88stR.", []string{"has flags: save tensor.resolve_conj().resolve_neg()"}},
}

func TestHostilePickles(t *testing.T) {
	for _, c := range hostilePickles {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := unpickle([]byte(c.pickle), 0, newStorages(1000, false).persistent)
			check.Error(t, err, c.parts...)
			_, err = ReadStateDict(withPickle(t, c.pickle))
			check.Error(t, err, "reading a PyTorch file: record data.pkl: byte ")
			_, err = ReadStateDict(legacyOf(c.pickle, "].", ""))
			check.Error(t, err, "reading a PyTorch file: ")
		})
	}
}

func TestMaxOperations(t *testing.T) {
	pickle := []byte(strings.Repeat("N", maxOperations))
	_, _, err := unpickle(pickle, 0, nil)
	check.Error(t, err, "byte 1048576: more than 1048576 operations", "save model.state_dict() alone")
	pickle = []byte("(" + strings.Repeat("N", maxOperations-3) + "t.")
	value, _, err := unpickle(pickle, 0, nil)
	check.NoError(t, err)
	if got := value.(tuple); len(got) != maxOperations-3 {
		t.Errorf("%d values, want %d", len(got), maxOperations-3)
	}
	_, _, err = unpickle([]byte("]"), 0, nil)
	check.Error(t, err, "byte 1: is truncated")
}
