using System.Diagnostics;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>The frame times of a game, as they are reported: an average, about once a second.</summary>
    sealed class FrameTimes
    {
        const double EverySeconds = 1;

        readonly Stopwatch clock = Stopwatch.StartNew();
        double sum;
        int count;
        bool waiting;

        /// <summary>Takes in a frame, and tells the daemon when it is time; not before it has answered the last report.</summary>
        public void Add(Session session, double milliseconds, double target)
        {
            if (!(milliseconds > 0)) return;
            sum += milliseconds;
            count++;
            if (waiting || clock.Elapsed.TotalSeconds < EverySeconds) return;
            if (session.IsOpen)
            {
                waiting = true;
                session.Post(new BudgetReport { FrameMs = sum / count, TargetMs = target }, answer => waiting = false, error => waiting = false);
            }
            clock.Restart();
            sum = 0;
            count = 0;
        }
    }
}
