%% chameneos: creatures come to one place, where always two of them meet, see the other's colour and change their own. An operation is one meeting.
-module(chameneos).
-export([run/1]).

run(N) ->
    Place = self(),
    [spawn_link(fun() -> live(Place, I rem 3, 0) end) || I <- lists:seq(0, 3)],
    meet(N),
    measure:equal(chameneos, 2 * N, lists:sum([farewell() || _ <- lists:seq(1, 4)])).

meet(0) -> ok;
meet(Left) ->
    receive {One, Colour} -> ok end,
    receive {Two, Other} -> ok end,
    One ! Other,
    Two ! Colour,
    meet(Left - 1).

farewell() ->
    receive {Creature, _} when is_pid(Creature) -> Creature ! stop end,
    receive {meetings, Meetings} -> Meetings end.

live(Place, Colour, Meetings) ->
    Place ! {self(), Colour},
    receive
        stop -> Place ! {meetings, Meetings};
        Colour -> live(Place, Colour, Meetings + 1);
        Other -> live(Place, 3 - Other - Colour, Meetings + 1)
    end.
