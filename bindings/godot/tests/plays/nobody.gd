extends "res://tests/play.gd"
# Nothing listens where the daemon should be.


func play() -> void:
	runtime = Runtime.new({"endpoint": "tcp://127.0.0.1:1", "token": "any"})
	runtime.connect("trouble", self, "_on_trouble")
	var unopened = runtime.request("health")
	yield(unopened, "ended")
	note("unopened", unopened.error)
	runtime.open()
	var late = runtime.request("health", {}, 1.5)
	yield(late, "ended")
	note("late", late.error)
	done()
