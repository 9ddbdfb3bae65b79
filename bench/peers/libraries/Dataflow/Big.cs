using System.Threading.Tasks.Dataflow;

namespace Goroutines.Peers.Dataflow;

/// <summary>
/// big (Savina): 120 blocks. Each pings one of the others at random, again and again, and answers the pings of the others meanwhile. An operation
/// is one ping and its answer.
/// </summary>
internal static class Big
{
    /// <param name="From">The member that pings; -1: an answer.</param>
    private readonly record struct Message(int From);

    public static async ValueTask RunAsync(int n)
    {
        var finished = new Countdown(Suite.Members);
        var members = new Member[Suite.Members];
        for (var i = 0; i < Suite.Members; i++)
        {
            members[i] = new Member(i, n / Suite.Members, members, finished);
        }
        foreach (var member in members)
        {
            member.Ping();
        }
        await finished.WaitAsync();
        Check.Equal("big", n, members.Sum(member => member.Answers));
    }

    private sealed class Member
    {
        private readonly int _number;
        private readonly int _pings;
        private readonly Member[] _members;
        private readonly Countdown _finished;
        private readonly ActionBlock<Message> _mailbox;
        private Neighbours _neighbours;

        public Member(int number, int pings, Member[] members, Countdown finished)
        {
            (_number, _pings, _members, _finished) = (number, pings, members, finished);
            _neighbours = new Neighbours(number);
            _mailbox = new ActionBlock<Message>(Receive);
        }

        public int Answers { get; private set; }

        public void Ping() => _members[_neighbours.Next()]._mailbox.Post(new Message(_number));

        private void Receive(Message message)
        {
            if (message.From >= 0)
            {
                _members[message.From]._mailbox.Post(new Message(-1));
            }
            else if (++Answers < _pings)
            {
                Ping();
            }
            else
            {
                _finished.Done();
            }
        }
    }
}
