%% big (Savina): 120 processes. Each pings one of the others at random, again and again, and answers the pings of the others meanwhile. An
%% operation is one ping and its answer.
-module(big).
-export([run/1]).

-define(MEMBERS, 120).

run(N) ->
    Self = self(),
    Members = [spawn_link(fun() -> start(Number, N div ?MEMBERS, Self) end) || Number <- lists:seq(0, ?MEMBERS - 1)],
    Table = list_to_tuple(Members),
    [Member ! {members, Table} || Member <- Members],
    Answers = lists:sum([receive {finished, Answers} -> Answers end || _ <- Members]),
    [Member ! stop || Member <- Members],
    measure:equal(big, N, Answers).

start(Number, Pings, Main) ->
    receive
        {members, Members} ->
            State = ping(Members, Number, (Number * 2654435761 + 1) band 16#ffffffff),
            live(Members, Number, State, Pings, 0, Main)
    end.

live(Members, Number, State, Pings, Answers, Main) ->
    receive
        {ping, From} ->
            From ! pong,
            live(Members, Number, State, Pings, Answers, Main);
        pong when Answers + 1 < Pings ->
            live(Members, Number, ping(Members, Number, State), Pings, Answers + 1, Main);
        pong ->
            Main ! {finished, Answers + 1},
            live(Members, Number, State, Pings, Answers + 1, Main);
        stop ->
            ok
    end.

%% Pings any member but this one: drawn by a generator of its own, so that every side draws the same.
ping(Members, Number, State) ->
    Next = (State * 1664525 + 1013904223) band 16#ffffffff,
    Drawn = (Next bsr 8) rem (?MEMBERS - 1),
    Other = if Drawn < Number -> Drawn; true -> Drawn + 1 end,
    element(Other + 1, Members) ! {ping, self()},
    Next.
