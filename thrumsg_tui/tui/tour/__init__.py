"""The tours of the practice campaign: steps that wait for what a person does. Only `thrumsg demo` loads them."""
