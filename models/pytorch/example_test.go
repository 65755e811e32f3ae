package pytorch_test

import (
	"fmt"
	"log"
	"maps"
	"os"
	"slices"

	"optlab/models"
	"optlab/models/pytorch"
)

// A model takes the weights that PyTorch saved with
// torch.save(model.state_dict(), "small_zip2.pt").
func Example() {
	file, err := os.ReadFile("testdata/small_zip2.pt")
	if err != nil {
		log.Fatal(err)
	}
	dict, err := pytorch.ReadStateDict(file)
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(dict)) {
		fmt.Println(name, dict[name].Shape())
	}
	model, err := models.New(models.Hyperparameter([]int{7, 5, 3}, 0))
	if err != nil {
		log.Fatal(err)
	}
	if err := model.LoadStateDict(dict); err != nil {
		log.Fatal(err)
	}
	bias := model.Parameters()[3]
	fmt.Printf("%s %.4f\n", bias.Name, bias.Data())
	// Output:
	// net.0.bias (5)
	// net.0.weight (5, 7)
	// net.2.bias (3)
	// net.2.weight (3, 5)
	// net.2.bias [0.1852 0.1414 -0.0078]
}

// A file of anything else is an error that says what to do.
func ExampleReadStateDict() {
	file, err := os.ReadFile("testdata/whole_model.pt") // torch.save(model, …)
	if err != nil {
		log.Fatal(err)
	}
	_, err = pytorch.ReadStateDict(file)
	fmt.Println(err)
	// Output:
	// reading a PyTorch file: record data.pkl: byte 2: holds the class __main__.HyperparameterModel: save model.state_dict() instead of the model
}
