using System;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>A call into the game, made when it polls. A value, so that a message on its way leaves no garbage.</summary>
    struct Delivery
    {
        readonly Delegate handler;
        readonly object what;

        Delivery(Delegate handler, object what)
        {
            this.handler = handler;
            this.what = what;
        }

        public static Delivery Of(Action action) { return new Delivery(action, null); }

        public static Delivery Of(Action<Response> each, Response response) { return new Delivery(each, response); }

        public static Delivery Of(Action<Event> happened, Event what) { return new Delivery(happened, what); }

        public static Delivery Of(Action<NpcError> failed, NpcError error) { return new Delivery(failed, error); }

        public void Call()
        {
            // By what it is, not by the handler: one that takes any object fits all of them.
            var response = what as Response;
            var happened = what as Event;
            if (response != null) ((Action<Response>)handler)(response);
            else if (happened != null) ((Action<Event>)handler)(happened);
            else if (what != null) ((Action<NpcError>)handler)((NpcError)what);
            else ((Action)handler)();
        }
    }
}
