// A Plotly figure of plain lists, drawn into one div that lives through all updates.
const holder = element.querySelector(".plot");
const draw = window.pricer.plot(holder);
const show = () => {
  const figure = props.value ? JSON.parse(JSON.stringify(props.value)) : null;
  holder.hidden = !figure;
  if (figure) element.drawn = draw(figure);
};
show();
watch("value", show);
