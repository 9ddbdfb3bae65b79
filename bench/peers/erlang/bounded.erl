%% bounded (Savina's bndBuffer, without its arithmetic): 40 producers, 40 consumers, and a manager that holds 50 numbers. An operation is one
%% number. A producer sends its next number when the manager asks for it; a consumer says when it wants one.
-module(bounded).
-export([run/1]).

-define(PLACES, 50).
-define(PRODUCERS, 40).
-define(CONSUMERS, 40).

run(N) ->
    Self = self(),
    Manager = spawn_link(fun() -> manage(queue:new(), 0, [], queue:new()) end),
    [spawn_link(fun() -> produce(Manager, 0, N div ?PRODUCERS) end) || _ <- lists:seq(1, ?PRODUCERS)],
    [spawn_link(fun() -> consume(Self, Manager, N div ?CONSUMERS, 0) end) || _ <- lists:seq(1, ?CONSUMERS)],
    Sum = lists:sum([receive Value -> Value end || _ <- lists:seq(1, ?CONSUMERS)]),
    unlink(Manager),
    exit(Manager, kill),
    measure:equal(bounded, ?PRODUCERS * measure:sum_below(N div ?PRODUCERS), Sum).

manage(Numbers, Count, Consumers, Producers) ->
    receive
        {put, Producer, Number} ->
            case Consumers of
                [Consumer | Rest] ->
                    Consumer ! {number, Number},
                    Producer ! produce,
                    manage(Numbers, Count, Rest, Producers);
                [] when Count + 1 < ?PLACES ->
                    Producer ! produce,
                    manage(queue:in(Number, Numbers), Count + 1, [], Producers);
                [] ->
                    manage(queue:in(Number, Numbers), Count + 1, [], queue:in(Producer, Producers))
            end;
        {available, Consumer} ->
            case queue:out(Numbers) of
                {empty, _} ->
                    manage(Numbers, Count, [Consumer | Consumers], Producers);
                {{value, Number}, Rest} ->
                    Consumer ! {number, Number},
                    case queue:out(Producers) of
                        {empty, _} ->
                            manage(Rest, Count - 1, Consumers, Producers);
                        {{value, Producer}, Others} ->
                            Producer ! produce,
                            manage(Rest, Count - 1, Consumers, Others)
                    end
            end
    end.

produce(_, N, N) -> ok;
produce(Manager, Next, N) ->
    Manager ! {put, self(), Next},
    receive
        produce -> produce(Manager, Next + 1, N)
    end.

consume(Main, _, 0, Sum) -> Main ! Sum;
consume(Main, Manager, Left, Sum) ->
    Manager ! {available, self()},
    receive
        {number, Number} -> consume(Main, Manager, Left - 1, Sum + Number)
    end.
